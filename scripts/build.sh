#!/usr/bin/env bash
# build.sh FOLDER PACKAGE...: "go build -o FOLDER/ PACKAGE..." of our commands, with a bar on a terminal while there is much to compile.
#
# The bar counts compilers' calls, each weighed by the processor time that it took when scripts/build-weights was made. A call that runs
# counts for as much of its weight as its time so far would do at the speed of this build; it is full only when the call is over.
# shellcheck disable=SC2016 # $WORK is what go calls its folder
set -euo pipefail
folder=$1
shift
here=$(dirname "${BASH_SOURCE[0]}")
weights=$here/build-weights
# Without DWARF, which stack traces do not need; of gotch's binding, what we call.
flags=(-ldflags=-w)
if [[ -n ${GOBERT_LIBTORCH:-} ]]; then flags+=("-modfile=$("$here/gotch-part.sh" "$folder/gotch")"); fi

if [[ -t 2 ]]; then printf 'looking what is to be compiled ...' >&2; fi
# Nothing to show: no terminal, or (nearly) everything is compiled already.
pieces=$(go list "${flags[@]}" -deps -f '{{if and .Stale (ne .Name "main")}}{{.ImportPath}}{{if .CgoFiles}} {{.ImportPath}}.cgo{{end}}{{range .CFiles}} {{.}}{{end}}{{range .CXXFiles}} {{.}}{{end}}{{end}}' "$@")
if [[ ! -t 2 || $(wc -w <<<"$pieces") -lt 20 && $pieces != *.cpp* ]]; then
	if [[ $pieces == *libtch* ]]; then echo "compiling C++ and Go: once, some minutes" >&2; fi
	if [[ -t 2 ]]; then printf '\r\e[Kbuilding ...' >&2; fi
	status=0
	go build "${flags[@]}" -o "$folder/" "$@" || status=$?
	if [[ -t 2 ]]; then printf '\r\e[K' >&2; fi
	exit "$status"
fi

# A piece is a call of a compiler: PATH (Go), PATH.cgo, or FOLDER/FILE of a package in C or C++.
declare -A weight running since package
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
	for piece in "$path" $files; do
		case $piece in *.c | *.cpp) piece=${path##*/}/$piece ;; esac
		weigh "$piece"
		total=$((total + cost)) count=$((count + 1))
	done
done <<<"$pieces"
# Programs and their links are no packages of the list.
links=$(go list "${flags[@]}" -f '{{if eq .Name "main"}}x{{end}}' "$@" | wc -w)
for piece in main link; do
	weigh "$piece"
	total=$((total + links * cost)) count=$((count + links))
done

clock() { printf -v "$1" '%s' "$((${EPOCHREALTIME/[.,]/} / 100000))"; } # tenths of a second
began=0 finished=0 called=0 what='' shown=0 left=0 reach=0 work=/
at_once=$(nproc)
clock began
shown=$began

# finish UNIT: the call of which that folder or object of the build is made is over.
finish() {
	if [[ -n ${running[$1]:-} ]]; then
		weigh "${running[$1]}"
		finished=$((finished + cost))
		unset "running[$1]" "since[$1]"
	fi
}

show() {
	local now unit part longest=0 reached percent filled bar eta='' speed width=$COLUMNS
	clock now
	((now >= shown + 5)) || return 0
	local took=$((now - began)) busy=0 passed=$((now - shown))
	shown=$now
	for unit in "${!running[@]}"; do
		if [[ $unit == */* && -s $work/$unit ]]; then finish "$unit"; else busy=$((busy + now - since[$unit])); fi
	done
	reached=$finished
	# Hundredths of what one core did when the weights were made: by what is finished, and 1 before anything to speak of is.
	speed=100
	if ((finished >= 30 && took * at_once > busy + 50)); then speed=$((100 * finished / (took * at_once - busy))); fi
	((speed > 5)) || speed=5
	for unit in "${!running[@]}"; do
		weigh "${running[$unit]}"
		part=$(((now - since[$unit]) * speed / 100))
		((part <= cost * 95 / 100)) || part=$((cost * 95 / 100))
		reached=$((reached + part)) part=$((cost - part))
		((part <= longest)) || longest=$part
	done
	((reached <= total)) || reached=$total
	part=$(((total - reached) / at_once))
	((part >= longest)) || part=$longest
	part=$((part * 100 / speed)) # tenths of a second
	# What is left falls with time, and follows the estimate within some ten seconds.
	if ((left)); then left=$(((left - passed) + (part - left + passed) * passed / (100 + passed))); else left=$part; fi
	((left > 0)) || left=1
	percent=$((100 * reached / total))
	((percent <= 99)) || percent=99
	((percent >= reach)) || percent=$reach
	reach=$percent
	if ((took >= 50)); then printf -v eta ', about %dm%02ds left' $((left / 600)) $((left / 10 % 60)); fi
	# The last calls wait for each other, on one core.
	if ((took >= 50 && left < 100)); then eta=', some seconds left'; fi
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
go build -x "${flags[@]}" -o "$folder/" "$@" 2>"$log/calls" &
build=$!
trap 'kill $build 2>/dev/null || true; exit 130' INT TERM HUP
exec 3<"$log/calls"
open=yes begun=''
while [[ $open == yes ]]; do
	status=0
	read -r -t 0.2 line <&3 || status=$?
	line=$begun$line begun=''
	if ((status == 0)); then
		# Each line is a command. It names what it makes: an object of C or C++ in the folder of its unit, or something of that folder.
		name='' unit=${line#*'$WORK/'} unit=${unit%%/*}
		case $line in
		WORK=*) work=${line#WORK=} ;;
		*'/cgo -objdir $WORK/'*) name=${line#* -importpath } name=${name%% *}.cgo ;;
		*'/compile -o $WORK/'*) name=${line#* -p } name=${name%% *} ;;
		*' -c '*.cpp | *' -c '*.c)
			name=${line##* -c } unit=${line#*' -o $WORK/'} unit=${unit%% *}
			finish "${unit%%/*}" # cgo
			;;
		*'/link -o $WORK/'*) name='link' ;;
		*'buildid -w $WORK/'*) finish "$unit" ;;
		esac
		case $name in
		'' | *.cgo2.c | _cgo_*.c) ;;
		*)
			case $name in
			*.c | *.cpp)
				[[ -n ${package[${unit%%/*}]:-} ]] || continue
				name=${package[${unit%%/*}]##*/}/$name
				;;
			*)
				for made in "${!running[@]}"; do
					if [[ $made == "$unit" || $made == "$unit"/* ]]; then finish "$made"; fi
				done
				package[$unit]=${name%.cgo}
				;;
			esac
			running[$unit]=$name called=$((called + 1))
			clock "since[$unit]"
			what=${name##*/}
			;;
		esac
	elif ((status > 128)); then
		begun=$line # a pause, which can fall into a line
	else
		open=no # the end of the file
	fi
	show
done
if ! wait "$build"; then
	printf '\r\e[K' >&2
	go build "${flags[@]}" -o "$folder/" "$@" # its message, without the commands
fi
