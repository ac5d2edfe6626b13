# shellcheck shell=bash disable=SC2154
# What is checked before and after LibTorch comes, for scripts/install-libtorch.sh.

# check_tools stops before anything is done if the machine lacks something.
check_tools() {
	local tool
	[[ $(uname -s) == Linux ]] || die "this is $(uname -s), expected Linux" "other systems are not supported"
	case $machine in x86_64 | aarch64) ;; *) die "the machine is $machine, expected x86_64 or aarch64" ;; esac
	tool=${CXX:-g++}
	if foreign; then
		tool=$machine-linux-gnu-g++
		command -v "$tool" >/dev/null || die "no C++ compiler for $machine: $tool is not on the PATH" "install one (Debian, Ubuntu: apt install g++-${machine/_/-}-linux-gnu)"
	fi
	command -v "${tool%% *}" >/dev/null || die "no C++ compiler: ${tool%% *} is not on the PATH" "install one (Debian, Ubuntu: apt install g++; Fedora: dnf install gcc-c++)"
	for tool in flock df awk ldd cksum; do
		command -v "$tool" >/dev/null || die "the program $tool is not on the PATH" "it is part of every Linux: see util-linux, coreutils, gawk, libc-bin"
	done
}

# check_space stops before any download if the disk is too full. The figures (in MB) count the
# download and what is unpacked from it, which lie side by side for a while, and 450 of headers that were read.
check_space() {
	local need free
	case $source-$variant in
	dir-*) need=500 ;;
	python-cpu) need=1100 ;;
	python-*) need=4700 ;;
	*-cpu) need=2200 ;;
	*) need=7500 ;;
	esac
	free=$(df -Pm "$root" | awk 'NR == 2 {print $4}')
	((free >= need)) || die "not enough disk space in $root: needs $need MB, $free MB are free" "free some, or set XDG_CACHE_HOME to a folder on a larger disk"
}

# check_version DIR refuses a LibTorch that is not the one this module is written for.
check_version() {
	local header=$1/include/torch/headeronly/version.h found
	[[ -e $1/include/torch ]] || die "$1 is not a LibTorch: include/torch is missing" "expected the libtorch folder of the official zip, or the torch folder of a Python"
	[[ -e $header ]] || header=$1/include/torch/csrc/api/include/torch/version.h
	found=$(awk '/define TORCH_VERSION_(MAJOR|MINOR|PATCH)/ {printf "%s%s", dot, $3; dot = "."}' "$header" 2>/dev/null) || found=
	[[ $found == "$version" ]] || die "LibTorch in $1 is version ${found:-unknown}, expected $version" "unset LIBTORCH to let this script fetch the right one"
	[[ -e $1/lib/libtorch_cpu.so ]] || die "$1/lib/libtorch_cpu.so is missing" "this LibTorch is not whole; install it again"
}

# check_loads DIR: every library that libtorch_cpu.so needs can be found.
check_loads() {
	local missing
	if foreign; then return; fi # its loader is not here
	missing=$({ LD_LIBRARY_PATH=$1/lib ldd "$1/lib/libtorch_cpu.so" 2>&1 || :; } | awk '/not found/ {printf " %s", $1}')
	[[ -z $missing ]] || die "libtorch_cpu.so in $1 needs libraries that are not there:$missing" "use --from-pypi, which brings them"
}
