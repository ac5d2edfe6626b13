#!/usr/bin/env bash
# Installs LibTorch for this module, once per user. Run it with --help for what it does and how.
set -euo pipefail

readonly version=2.11.0
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here parts=$here/libtorch
readonly zip_base=${GOBERT_LIBTORCH_URL:-https://download.pytorch.org/libtorch}
# gotch's cgo line names these libraries; empty archives stand in for them, because CUDA is
# loaded at run time and never linked.
readonly stand_ins="torch torch_cuda c10_cuda cuda cudart cublas cudnn caffe2_nvrtc nvrtc nvrtc-builtins nvToolsExt"

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

		The cache is \${XDG_CACHE_HOME:-~/.cache}/gobert.
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
	action=install quiet=no source=auto variant=auto python='' libtorch=${LIBTORCH:-}
	if [[ -n $libtorch ]]; then source=dir; fi
	while (($#)); do
		case $1 in
		--libtorch | --from-python)
			[[ -n ${2:-} ]] || die "$1 needs a value" "see scripts/install-libtorch.sh --help"
			if [[ $1 == --libtorch ]]; then source=dir libtorch=$2; else source=python python=$2; fi
			shift
			;;
		--from-pypi) source=pypi ;;
		--from-zip) source=zip ;;
		--cpu) variant=cpu ;;
		--cuda) variant=cuda ;;
		--print-env) action=print ;;
		--go-env) action=goenv ;;
		--uninstall) action=uninstall ;;
		-q | --quiet) quiet=yes ;;
		-h | --help) usage && exit 0 ;;
		*) die "unknown option $1" "see scripts/install-libtorch.sh --help" ;;
		esac
		shift
	done
}

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

# choose_home sets home (the folder of this installation) and variant. Without a wish, an earlier choice stays.
choose_home() {
	local chosen
	if [[ $source == dir ]]; then
		libtorch=$(cd "$libtorch" 2>/dev/null && pwd) || die "LibTorch folder not found: ${libtorch}" "expected a folder with include/ and lib/ of LibTorch $version"
		[[ $libtorch != *[[:space:]]* ]] || die "the LibTorch folder has a space in its name: $libtorch" "cgo's flags cannot hold that; rename or link it"
		home=$root/libtorch-$version-at-$(cksum <<<"$libtorch" | cut -d' ' -f1)
		return
	fi
	chosen=$(readlink "$root/env.sh" 2>/dev/null) || chosen=
	if [[ $source == auto && $variant == auto && -e $root/env.sh ]]; then
		home=$root/${chosen%/env.sh}
		return
	fi
	if [[ $variant == auto ]]; then
		if has_nvidia_driver; then variant=cuda; else variant=cpu; fi
	fi
	home=$root/libtorch-$version-$variant
}

# installed says whether home holds a whole LibTorch from a source that was asked for.
installed() {
	local made
	made=$(cat "$home/source" 2>/dev/null) || return 1
	if [[ $source == auto || ${made%% *} == "$source" ]]; then
		if [[ ${made%% *} == dir ]]; then libtorch=${made#dir }; fi
		check_version "$(torch_dir)"
		return 0
	fi
	return 1
}

torch_dir() { if [[ $home == *-at-* ]]; then echo "$libtorch"; else echo "$home"; fi; }

# check_version DIR refuses a LibTorch that is not the one this module is written for.
check_version() {
	local header=$1/include/torch/headeronly/version.h found
	[[ -e $1/include/torch ]] || die "$1 is not a LibTorch: include/torch is missing" "expected the libtorch folder of the official zip, or the torch folder of a Python"
	[[ -e $header ]] || header=$1/include/torch/csrc/api/include/torch/version.h
	found=$(awk '/define TORCH_VERSION_(MAJOR|MINOR|PATCH)/ {printf "%s%s", dot, $3; dot = "."}' "$header" 2>/dev/null) || found=
	[[ $found == "$version" ]] || die "LibTorch in $1 is version ${found:-unknown}, expected $version" "unset LIBTORCH to let this script fetch the right one"
	[[ -e $1/lib/libtorch_cpu.so ]] || die "$1/lib/libtorch_cpu.so is missing" "this LibTorch is not whole; install it again"
}

# torch_of PYTHON prints the version and the site-packages folder of its torch, without importing it.
torch_of() {
	"$1" -c '
import importlib.metadata as m
d = m.distribution("torch")
print(d.version, d.locate_file(""))' 2>/dev/null
}

# usable_python PYTHON sets site if it has the right torch.
usable_python() {
	local found
	found=$(torch_of "$1") || return 1
	site=${found#* }
	[[ ${found%% *} == "$version"* ]] || return 1
	[[ $variant == cpu || -e $site/torch/lib/libtorch_cuda.so ]]
}

# choose_source settles where LibTorch comes from and says what is missing for it.
choose_source() {
	local each
	if [[ $source == auto ]]; then
		for each in ${VIRTUAL_ENV:+"$VIRTUAL_ENV/bin/python"} python3 python; do
			if usable_python "$each"; then source=python python=$each && return; fi
		done
	fi
	case $source in
	python)
		usable_python "$python" && return
		die "$python has no torch $version$([[ $variant == cpu ]] || echo ' with CUDA') (found: $(torch_of "$python" || echo none))" \
			"run \"$python -m pip install torch==$version\", or leave --from-python out"
		;;
	auto | pypi)
		for each in ${VIRTUAL_ENV:+"$VIRTUAL_ENV/bin/python"} python3 python; do
			if "$each" -m pip --version >/dev/null 2>&1; then source=pypi python=$each && return; fi
		done
		[[ $source == auto ]] || die "no Python with pip on the PATH" "install it (Debian, Ubuntu: apt install python3-pip), or use --from-zip"
		;;&
	auto | zip)
		if command -v curl >/dev/null && command -v unzip >/dev/null; then source=zip && return; fi
		die "nothing to download LibTorch with: expected Python with pip, or curl and unzip" "Debian, Ubuntu: apt install python3-pip; or name a LibTorch you have with --libtorch DIR"
		;;
	esac
}

# check_machine stops before any download if something needed is missing.
check_machine() {
	local tool need free
	[[ $(uname -s) == Linux ]] || die "this is $(uname -s), expected Linux" "other systems are not supported"
	case $(uname -m) in x86_64 | aarch64) ;; *) die "this machine is $(uname -m), expected x86_64 or aarch64" ;; esac
	tool=${CXX:-g++}
	command -v "${tool%% *}" >/dev/null || die "no C++ compiler: ${tool%% *} is not on the PATH" "install one (Debian, Ubuntu: apt install g++; Fedora: dnf install gcc-c++)"
	for tool in flock df awk sha256sum ldd; do
		command -v "$tool" >/dev/null || die "the program $tool is not on the PATH" "it is part of every Linux: see util-linux, coreutils, gawk, libc-bin"
	done
	choose_source
	case $source-$variant in
	dir-*) need=1 ;;
	python-cpu) need=600 ;;
	python-*) need=4200 ;;
	*-cpu) need=1700 ;;
	*) need=7000 ;;
	esac
	free=$(df -Pm "$root" | awk 'NR == 2 {print $4}')
	((free >= need)) || die "not enough disk space in $root: needs $need MB, $free MB are free" "free some, or set XDG_CACHE_HOME to a folder on a larger disk"
}

# make_root makes the cache folder; a read-only home is told apart from a missing one.
make_root() {
	local why
	why=$(mkdir -p "$root" 2>&1 && : 2>&1 >"$root/.lock") || die "cannot write to $root (${why##*: })" "set XDG_CACHE_HOME to a folder you can write to"
}

take_lock() {
	exec 9>"$root/.lock"
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

fetch_pypi() {
	local args=(-m pip download --dest "$stage/wheels" --no-deps --require-hashes --only-binary=:all:)
	local machine each
	machine=$(uname -m)
	for each in 2_28 2_27 2_26 2_25 2_24 2_18 2_17; do args+=(--platform "manylinux_${each}_$machine"); done
	args+=(--platform "manylinux2014_$machine" --python-version 3.11 --implementation cp --abi cp311 --abi none)
	args+=(--disable-pip-version-check -r "$parts/requirements-cpu.txt")
	if [[ $variant == cuda ]]; then args+=(-r "$parts/requirements-cuda.txt"); fi
	if [[ ! -t 2 ]]; then args+=(-q); fi
	TMPDIR=$stage watched "$python" "${args[@]}" >&2 ||
		die "pip could not fetch torch $version" "pip's message above says why; run this again, or try --from-zip"
	watched "$python" "$parts/unpack.py" "$variant" "$stage/new" "$stage"/wheels/*.whl || die "the wheel could not be unpacked"
}

fetch_zip() {
	local url=$zip_base/cpu/libtorch-shared-with-deps-$version%2Bcpu.zip
	if [[ $variant == cuda ]]; then url=$zip_base/cu130/libtorch-shared-with-deps-$version%2Bcu130.zip; fi
	[[ $(uname -m) == x86_64 ]] || die "there is no official LibTorch zip for $(uname -m)" "use --from-pypi"
	local bar=--progress-bar
	if [[ ! -t 2 ]]; then bar=-sS; fi
	watched curl -fL "$bar" --retry 3 -o "$stage/libtorch.zip" "$url" || die "could not download $url" "run this again, or try --from-pypi"
	watched unzip -q "$stage/libtorch.zip" 'libtorch/lib/*' 'libtorch/include/*' -d "$stage" >&2 ||
		die "the zip from $url is damaged" "run this again, or try --from-pypi"
	mv "$stage/libtorch" "$stage/new"
	rm -f "$stage"/new/lib/*.a "$stage"/new/lib/libtorch_python*
}

# fill brings LibTorch to $stage/new.
fill() {
	mkdir "$stage/new"
	case $source in
	dir) say "using LibTorch in $libtorch" ;;
	python)
		say "taking LibTorch $version ($variant) from $site"
		watched "$python" "$parts/unpack.py" "$variant" "$stage/new" "$site" || die "torch in $site could not be taken"
		;;
	pypi)
		say "fetching torch $version ($variant) through pip; its parts are checked against the pinned sha256"
		fetch_pypi
		;;
	zip)
		say "fetching the LibTorch $version zip ($variant)"
		rmdir "$stage/new"
		fetch_zip
		;;
	esac
}

# check_loads DIR: every library that libtorch_cpu.so needs can be found.
check_loads() {
	local missing
	missing=$(LD_LIBRARY_PATH=$1/lib ldd "$1/lib/libtorch_cpu.so" 2>&1 | awk '/not found/ {printf " %s", $1}')
	[[ -z $missing ]] || die "libtorch_cpu.so in $1 needs libraries that are not there:$missing" "use --from-pypi, which brings them"
}

# env_text prints env.sh for this installation. Without variable tracking (which serves debuggers
# only) gotch's 2,500 wrappers compile in half the time.
env_text() {
	local torch compat
	torch=$(torch_dir)
	compat=$home/$(compat_name)
	cat <<-EOT
		# LibTorch $version for the module gobert, written by scripts/install-libtorch.sh.
		# Source this file in a shell, then go build, go test and editors started there find it.
		export GOBERT_LIBTORCH='$torch'
		export CGO_CFLAGS='-O2 -g -DGOBERT_LIBTORCH'
		export CGO_CXXFLAGS='-O2 -fno-var-tracking -fno-var-tracking-assignments -D_GLIBCXX_USE_CXX11_ABI=1 -I$torch/include -I$torch/include/torch/csrc/api/include -include $compat'
		export CGO_LDFLAGS='-O2 -g -L$home/stubs -L$torch/lib -Wl,-rpath,$torch/lib -Wl,--no-as-needed -Wl,--allow-shlib-undefined'
	EOT
}

# compat_name changes with the content, because Go's build cache sees only the flags.
compat_name() { echo "gotch_compat.$(cksum <"$parts/gotch_compat.h" | cut -d' ' -f1).h"; }

# write_settings FOLDER puts everything but LibTorch itself there.
write_settings() {
	local name
	mkdir -p "$1/stubs"
	for name in $stand_ins; do printf '!<arch>\n' >"$1/stubs/lib$name.a"; done
	cp "$parts/gotch_compat.h" "$1/$(compat_name)"
	env_text >"$1/.env.sh.$$"
	mv "$1/.env.sh.$$" "$1/env.sh"
}

# remember makes this installation the one that is used from now on.
remember() {
	[[ -z ${LIBTORCH:-} ]] || return 0
	ln -s "$(basename "$home")/env.sh" "$root/.env.sh.$$"
	mv -T "$root/.env.sh.$$" "$root/env.sh"
}

# settled says whether nothing is left to do.
settled() {
	installed && cmp -s <(env_text) "$home/env.sh" && [[ -e $home/$(compat_name) && -e $home/stubs/libtorch.a ]] &&
		[[ -n ${LIBTORCH:-} || $root/env.sh -ef $home/env.sh ]]
}

install() {
	if settled; then
		[[ $quiet == yes ]] || say "LibTorch $version is in place: source $home/env.sh"
		return
	fi
	make_root
	if ! installed; then check_machine; fi
	take_lock
	# Nobody else is at work now: what a killed run left behind can go.
	rm -rf "$root"/.stage.*
	if ! installed; then
		trap clean_up EXIT
		trap 'exit 130' INT
		trap 'exit 143' TERM HUP
		stage=$(mktemp -d "$root/.stage.XXXXXX")
		if [[ $source == dir ]]; then check_version "$libtorch"; fi
		fill
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
	fi
	write_settings "$home"
	remember
	say "LibTorch $version is ready after $SECONDS s ($(du -sm "$home" | cut -f1) MB): source $home/env.sh"
}

print_env() {
	installed || die "LibTorch $version is not installed" "run scripts/install-libtorch.sh"
	cat "$home/env.sh"
}

store_go_env() {
	local name
	command -v go >/dev/null || die "the program go is not on the PATH"
	(
		# shellcheck disable=SC1091
		source "$home/env.sh"
		for name in CGO_CFLAGS CGO_CXXFLAGS CGO_LDFLAGS; do env -u "$name" go env -w "$name=${!name}"; done
	)
	say "stored with go env -w; undo with: go env -u CGO_CFLAGS CGO_CXXFLAGS CGO_LDFLAGS"
}

uninstall() {
	if command -v go >/dev/null && [[ $(env -u CGO_CXXFLAGS go env CGO_CXXFLAGS) == *"$root/"* ]]; then
		go env -u CGO_CFLAGS CGO_CXXFLAGS CGO_LDFLAGS
	fi
	[[ -e $root ]] || { say "nothing to remove in $root" && return; }
	make_root
	take_lock
	rm -rf "$root"/libtorch-* "$root"/.stage.* "$root/env.sh"
	say "removed LibTorch from $root"
}

parse_args "$@"
find_root
case $action in
uninstall) uninstall ;;
print) choose_home && print_env ;;
install) choose_home && install ;;
goenv) choose_home && install && store_go_env ;;
esac
