#!/usr/bin/env bash
# Installs LibTorch for this module, once per user. Run it with --help for what it does and how.
set -Eeuo pipefail
trap 'say "install-libtorch: stopped at line $LINENO: $BASH_COMMAND"' ERR

readonly version=2.11.0
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here parts=$here/libtorch
# shellcheck source=libtorch/sources.sh
source "$parts/sources.sh"
# shellcheck source=libtorch/checks.sh
source "$parts/checks.sh"
# shellcheck source=libtorch/settings.sh
source "$parts/settings.sh"

usage() {
	cat <<-EOT
		Installs LibTorch $version (C++ libraries and headers) into a cache that all checkouts share,
		and writes env.sh there, which tells Go's cgo where it is. Safe to run again, to interrupt,
		and to run twice at once. Needs no root and changes nothing outside the cache.

		usage: scripts/install-libtorch.sh [option...]

		where LibTorch comes from (default: the first of these that can be had)
		  --libtorch DIR        a LibTorch $version you have (also: \$LIBTORCH); used where it lies
		  --from-python PYTHON  the torch package of an installed Python
		  --from-pypi           the wheel of torch $version, through pip (530 MB for a CPU)
		  --from-zip            the official LibTorch zip, through curl

		for what (default: what this machine has)
		  --cpu                 CPU only (about 0.5 GB on disk)
		  --cuda                NVIDIA GPUs too (about 4 GB on disk)
		  --machine MACHINE     x86_64 or aarch64, to build for the other one: with its compiler (MACHINE-linux-gnu-g++),
		                        and only where --print-env is asked for the same MACHINE

		other actions
		  --print-env           print the settings of the installed LibTorch, install nothing
		  --go-env              install, then store the settings with "go env -w", so that editors
		                        and a plain "go build ./..." find them in any folder
		  --uninstall           remove every LibTorch of the cache, and what --go-env stored
		  -q, --quiet           say nothing when there is nothing to do
		  -h, --help            this text

		examples
		  scripts/install-libtorch.sh                     # then: source ~/.cache/gobert/env.sh
		  eval "\$(scripts/install-libtorch.sh --print-env)" && go test ./...
		  scripts/install-libtorch.sh --libtorch ~/libtorch
		  scripts/install-libtorch.sh --cuda --from-python ~/venv/bin/python
		  XDG_CACHE_HOME=/scratch/cache scripts/install-libtorch.sh

		The cache is \${XDG_CACHE_HOME:-~/.cache}/gobert. \$GOBERT_LIBTORCH_URL names a mirror for --from-zip:
		the folder above cpu/libtorch-shared-with-deps-$version%2Bcpu.zip.
	EOT
}

say() { printf '%s\n' "$*" >&2; }

# die WHAT HINT: one message, exit code 1.
die() {
	say "install-libtorch: $1"
	if [[ -n ${2:-} ]]; then say "  $2"; fi
	exit 1
}

parse_args() {
	action=install quiet=no source=auto variant=auto python='' libtorch='' lasting=yes
	machine=$(uname -m)
	if [[ -n ${LIBTORCH:-} ]]; then source=dir libtorch=$LIBTORCH lasting=no; fi
	while (($#)); do
		case $1 in
		--libtorch) source=dir libtorch=${2:-} lasting=yes && shift ;;
		--from-python) source=python python=${2:-} lasting=yes && shift ;;
		--from-pypi) source=pypi lasting=yes ;;
		--from-zip) source=zip lasting=yes ;;
		--cpu) variant=cpu ;;
		--cuda) variant=cuda ;;
		--machine) machine=${2:-} && shift ;;
		--print-env) action=print ;;
		--go-env) action=goenv ;;
		--uninstall) action=uninstall ;;
		-q | --quiet) quiet=yes ;;
		-h | --help) usage && exit 0 ;;
		*) die "unknown option $1" "see scripts/install-libtorch.sh --help" ;;
		esac
		shift || break
	done
	if [[ $source == dir && -z $libtorch || $source == python && -z $python ]]; then
		die "--libtorch and --from-python need a value" "see scripts/install-libtorch.sh --help"
	fi
	if foreign; then
		# What this machine has, or was told for good, is of no use there.
		[[ $source != auto ]] || source=pypi
		[[ $variant != auto ]] || variant=cpu
		lasting=no
	fi
}

# foreign says whether LibTorch is for another machine than this one.
foreign() { [[ $machine != "$(uname -m)" ]]; }

# find_root sets root, the cache of this module, without making it.
find_root() {
	local cache=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
	[[ -n $cache ]] || die "neither HOME nor XDG_CACHE_HOME is set" "set XDG_CACHE_HOME to a folder you can write to"
	[[ $cache == /* ]] || die "XDG_CACHE_HOME is $cache, expected an absolute path"
	[[ $cache != *[[:space:]]* ]] || die "the cache folder has a space in its name: $cache" "cgo's flags cannot hold that; set XDG_CACHE_HOME to another folder"
	root=$cache/gobert
}

has_nvidia_driver() {
	[[ -e /proc/driver/nvidia/version || -e /usr/lib/wsl/lib/libcuda.so.1 ]]
}

# choose_home sets home (the folder of this installation) and variant. Without a wish an earlier choice stays.
choose_home() {
	if [[ $source == dir ]]; then
		[[ -d $libtorch ]] || die "no such folder: $libtorch" "expected the folder of a LibTorch $version, with include/ and lib/"
		libtorch=$(cd "$libtorch" && pwd)
		[[ $libtorch != *[[:space:]]* ]] || die "the LibTorch folder has a space in its name: $libtorch" "cgo's flags cannot hold that; rename or link it"
		check_version "$libtorch"
		home=$root/libtorch-$version-at-$(cksum <<<"$libtorch" | cut -d' ' -f1)
	elif ! earlier_choice; then
		if [[ $variant == auto ]]; then
			if has_nvidia_driver; then variant=cuda; else variant=cpu; fi
		fi
		home=$root/libtorch-$version-$variant
	fi
	if foreign && [[ $source != dir ]]; then home+=-$machine; fi
}

# earlier_choice sets home to the installation that was made last, if nothing else is wished and it is still whole.
earlier_choice() {
	[[ $source == auto && $variant == auto && -e $root/env.sh ]] || return 1
	home=$(dirname "$(readlink -f "$root/env.sh")")
	installed
}

# torch_dir prints the folder with include/ and lib/ of the LibTorch that belongs to home.
torch_dir() {
	local made=''
	if [[ $source == dir ]]; then made="dir $libtorch"; elif [[ -e $home/source ]]; then made=$(<"$home/source"); fi
	if [[ $made == dir\ * ]]; then echo "${made#dir }"; else echo "$home"; fi
}

# installed says whether home holds a LibTorch from a source that was asked for.
installed() {
	[[ -e $home/source ]] || return 1
	local made
	made=$(<"$home/source")
	[[ $source == auto || ${made%% *} == "$source" ]] || return 1
	[[ -e $(torch_dir)/lib/libtorch_cpu.so && -e $(torch_dir)/include/torch ]]
}

# take_lock makes the cache folder and waits until no other install works in it.
take_lock() {
	local why
	why=$( { mkdir -p "$root" && : >>"$root/.lock"; } 2>&1) ||
		die "cannot write to $root (${why##*: })" "set XDG_CACHE_HOME to a folder you can write to"
	exec 9>>"$root/.lock"
	flock -n 9 && return
	say "another install is under way in $root: waiting for it"
	flock 9
}

clean_up() {
	if [[ -n ${child:-} ]]; then kill "$child" 2>/dev/null || :; fi
	if [[ -n ${stage:-} ]]; then rm -rf "$stage"; fi
}

# watched COMMAND...: runs it so that a signal to this script ends it at once.
watched() {
	local status=0
	"$@" 9>&- &
	child=$!
	wait "$child" || status=$?
	child=
	return "$status"
}

# settled says whether nothing is left to do.
settled() {
	installed && cmp -s <(env_text) "$home/env.sh" && [[ -e $home/$(compat_name) && -e $home/$(precompiled) && -e $home/stubs/libtorch.a ]] &&
		[[ $lasting == no || $root/env.sh -ef $home/env.sh ]]
}

install() {
	if settled; then
		[[ $quiet == yes ]] || say "LibTorch $version is in place: source $home/env.sh"
		return
	fi
	if ! installed; then check_tools; fi
	take_lock
	# Nobody else is at work now: what a killed run left behind can go.
	rm -rf "$root"/.stage.*
	if installed; then write_settings "$home"; else install_anew; fi
	precompile
	if [[ $lasting == yes ]]; then
		ln -s "$(basename "$home")/env.sh" "$root/.env.sh.$$"
		mv -T "$root/.env.sh.$$" "$root/env.sh"
	fi
	say "LibTorch $version is ready after $SECONDS s ($(du -sm "$home" | cut -f1) MB): source $home/env.sh"
}

# install_anew builds the whole folder beside its final place and renames it at the end.
install_anew() {
	trap clean_up EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	choose_source
	check_space
	stage=$(mktemp -d "$root/.stage.XXXXXX")
	mkdir "$stage/new"
	fill "$stage/new"
	if [[ $source == dir ]]; then
		check_loads "$libtorch"
		echo "dir $libtorch" >"$stage/new/source"
	else
		check_version "$stage/new"
		check_loads "$stage/new"
		echo "$source $variant" >"$stage/new/source"
	fi
	write_settings "$stage/new"
	if [[ -e $home ]]; then mv -T "$home" "$stage/old"; fi
	mv -T "$stage/new" "$home"
}

print_env() {
	installed || die "LibTorch $version is not installed" "run scripts/install-libtorch.sh"
	cat "$home/env.sh"
}

uninstall() {
	if command -v go >/dev/null && [[ $(env -u CGO_CXXFLAGS go env CGO_CXXFLAGS) == *"$root/"* ]]; then
		go env -u CGO_CFLAGS CGO_CXXFLAGS CGO_LDFLAGS
	fi
	if [[ ! -e $root ]]; then
		say "nothing to remove in $root"
		return
	fi
	take_lock
	rm -rf "$root"/libtorch-* "$root"/.stage.* "$root/env.sh"
	say "removed LibTorch from $root"
}

parse_args "$@"
find_root
case $action in
uninstall) uninstall ;;
print)
	choose_home
	print_env
	;;
install)
	choose_home
	install
	;;
goenv)
	choose_home
	install
	store_go_env
	;;
esac
