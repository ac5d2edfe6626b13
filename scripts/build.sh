#!/usr/bin/env bash
# build.sh FOLDER PACKAGE...: "go build -o FOLDER/ PACKAGE...", with a bar on a terminal while there is much to compile.
#
# The bar counts compilers' calls, each weighed by the processor time that it took when scripts/build-weights was made. A call that runs
# counts for as much of its weight as its time so far would do at the speed of this build; it is full only when the next one begins.
# shellcheck disable=SC2016 # $WORK is what go calls its folder
set -euo pipefail
folder=$1
shift
weights=$(dirname "${BASH_SOURCE[0]}")/build-weights

if [[ -t 2 ]]; then printf 'looking what is to be compiled ...' >&2; fi
# Nothing to show: no terminal, or (nearly) everything is compiled already.
pieces=$(go list -deps -f '{{if and .Stale (ne .Name "main")}}{{.ImportPath}}{{if .CgoFiles}} {{.ImportPath}}.cgo{{end}}{{range .CFiles}} {{.}}{{end}}{{range .CXXFiles}} {{.}}{{end}}{{end}}' "$@")
if [[ ! -t 2 || $(wc -w <<<"$pieces") -lt 20 && $pieces != *.cpp* ]]; then
	if [[ $pieces == *libtch* ]]; then echo "compiling C++ and Go: once, some minutes" >&2; fi
	if [[ -t 2 ]]; then printf '\r\e[Kbuilding ...' >&2; fi
	status=0
	go build -o "$folder/" "$@" || status=$?
	if [[ -t 2 ]]; then printf '\r\e[K' >&2; fi
	exit "$status"
fi

# A piece is a call of a compiler: PATH (Go), PATH.cgo, or FOLDER/FILE of a package in C or C++. The pieces of one package come one after
# the other, so no build is over before the longest of these rows is.
declare -A weight running since package row
while read -r name tenths; do [[ $name == \#* ]] || weight[$name]=$tenths; done <"$weights"
# weigh PIECE: tenths of a second of one core. What is not listed is small, or new.
weigh() {
	case $1 in
	*.cpp) cost=${weight[$1]:-${weight[other.cpp]}} ;;
	*) cost=${weight[$1]:-${weight[other]}} ;;
	esac
}
total=0 count=0
while read -r path files; do
	row[$path]=0
	for piece in "$path" $files; do
		case $piece in *.c | *.cpp) piece=${path##*/}/$piece ;; esac
		weigh "$piece"
		row[$path]=$((row[$path] + cost)) total=$((total + cost)) count=$((count + 1))
	done
done <<<"$pieces"
# Links are no packages of the list.
weigh link
link=$cost
links=$(go list -f '{{if eq .Name "main"}}x{{end}}' "$@" | wc -w)
total=$((total + links * link)) count=$((count + links))

clock() { printf -v "$1" '%s' "$((${EPOCHREALTIME/[.,]/} / 100000))"; } # tenths of a second
began=0 finished=0 called=0 what='' shown=0
at_once=$(nproc)
clock began

# finish UNIT: what ran in that folder of the build is over.
finish() {
	if [[ -n ${running[$1]:-} ]]; then
		weigh "${running[$1]}"
		finished=$((finished + cost)) row[${package[$1]}]=$((row[${package[$1]}] - cost))
		unset "running[$1]" "since[$1]"
	fi
}

show() {
	local now unit part left=0 longest=0 reached=$finished percent filled bar eta='' speed width=$COLUMNS
	clock now
	((now >= shown + 2)) || return 0
	shown=$now
	local took=$((now - began)) busy=0
	for unit in "${!running[@]}"; do busy=$((busy + now - since[$unit])); done
	# Hundredths of what one core did when the weights were made: by what is finished, and 1 before anything to speak of is.
	speed=100
	if ((finished >= 30 && took * at_once > busy + 50)); then speed=$((100 * finished / (took * at_once - busy))); fi
	((speed > 5)) || speed=5
	for unit in "${!running[@]}"; do
		weigh "${running[$unit]}"
		part=$(((now - since[$unit]) * speed / 100))
		((part <= cost * 95 / 100)) || part=$((cost * 95 / 100))
		reached=$((reached + part))
		part=$((row[${package[$unit]}] - part))
		((part <= longest)) || longest=$part
	done
	((reached <= total)) || reached=$total
	left=$(((total - reached) / at_once))
	((left >= longest)) || left=$longest
	left=$((left * 10 / speed)) # seconds
	percent=$((100 * reached / total))
	((percent <= 99)) || percent=99
	if ((took >= 100)); then eta=", about $((left / 60))m$(printf %02d $((left % 60)))s left"; fi
	filled=$((percent * 24 / 100))
	printf -v bar '%*s' "$filled" ''
	printf -v bar '[%-24s] %3d%% %d of %d pieces%s: %s' "${bar// /#}" "$percent" "$called" "$count" "$eta" "$what"
	printf '\r\e[K%s' "${bar:0:width-1}" >&2
}

log=$(mktemp -d)
trap 'rm -rf "$log"; printf "\r\e[K" >&2' EXIT
mkfifo "$log/calls"
COLUMNS=$(stty size <&2 2>/dev/null | cut -d" " -f2) || COLUMNS=
((COLUMNS > 20)) || COLUMNS=80 # a terminal that does not say
go build -x -o "$folder/" "$@" 2>"$log/calls" &
build=$!
trap 'kill $build 2>/dev/null || true; exit 130' INT TERM HUP
exec 3<"$log/calls"
open=yes
while [[ $open == yes ]]; do
	if read -r -t 0.2 line <&3; then
		# Each line is a command; it names the folder of its unit, in which one command follows the other.
		name=''
		case $line in
		*'/cgo -objdir $WORK/'*) name=${line#* -importpath } name=${name%% *}.cgo ;;
		*'/compile -o $WORK/'*) name=${line#* -p } name=${name%% *} ;;
		*' -c '*.cpp | *' -c '*.c) name=${line##* -c } ;;
		*'/link -o $WORK/'*) name='link' ;;
		*'buildid -w $WORK/'*) ;;
		*) continue ;;
		esac
		unit=${line#*'$WORK/'} unit=${unit%%/*}
		finish "$unit"
		case $name in
		'' | *.cgo2.c | _cgo_*.c) ;;
		*)
			case $name in
			*.c | *.cpp)
				[[ -n ${package[$unit]:-} ]] || continue
				name=${package[$unit]##*/}/$name
				;;
			*) package[$unit]=${name%.cgo} ;;
			esac
			row[${package[$unit]}]=${row[${package[$unit]}]:-$link}
			running[$unit]=$name called=$((called + 1))
			clock "since[$unit]"
			what=${name##*/}
			;;
		esac
	elif (($? <= 128)); then
		open=no # the end of the file, and no pause
	fi
	show
done
if ! wait "$build"; then
	printf '\r\e[K' >&2
	go build -o "$folder/" "$@" # its message, without the commands
fi
