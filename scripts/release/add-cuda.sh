#!/usr/bin/env bash
# Brings NVIDIA's libraries into lib of this release, so that its commands find a GPU. Run it with --help.
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck disable=SC2034 # what sources.sh asks for
version=2.11.0 variant=cuda source=pypi machine=$(uname -m) python='' parts=$here/cuda

if (($#)); then
	cat <<-EOT
		Fetches what LibTorch $version needs for NVIDIA GPUs through pip, 2.5 GB (the wheel of torch, and NVIDIA's, checked against the
		sha256 pinned in cuda/), and puts their libraries into lib: 3.4 GB. The commands are the same: they look for CUDA when they start.

		usage: ./add-cuda.sh          # then: bin/pretrain doctor --device cuda
	EOT
	[[ $1 == -h || $1 == --help ]] && exit 0 || exit 2
fi

die() {
	printf 'add-cuda: error: %s\n' "$1" >&2
	if [[ -n ${2:-} ]]; then printf 'add-cuda: hint: %s\n' "$2" >&2; fi
	exit 1
}
say() { printf 'add-cuda: %s\n' "$*" >&2; }
watched() { "$@"; }
# shellcheck source=libtorch/sources.sh
source "$parts/sources.sh"

[[ -w $here/lib ]] || die "$here/lib cannot be written to" "run this as its owner, or unpack the archive in a folder of yours"
free=$(df -Pm "$here" | awk 'NR == 2 {print $4}')
((free >= 8000)) || die "not enough disk space in $here: 8000 MB are needed for a while, $free MB are free"
stage=$(mktemp -d "$here/.cuda.XXXXXX")
trap 'rm -rf "$stage"' EXIT
choose_source
fill "$stage/new"
for library in "$stage"/new/lib/*; do
	case ${library##*/} in
	libtorch_cpu.so | libc10.so | libgomp* | libgfortran* | libarm* | libnvpl*) ;; # they are here, smaller
	*) mv -f "$library" "$here/lib/" ;;
	esac
done
for licence in "$stage"/new/licences/*; do rm -rf "$here/licences/${licence##*/}" && mv "$licence" "$here/licences/"; done
missing=$({ ldd "$here/lib/libtorch_cuda.so" 2>/dev/null || :; } | awk '/not found/ {printf " %s", $1}')
[[ -z $missing ]] || say "the system lacks$missing (cuDNN wants libz.so.1: Debian, Ubuntu: apt install zlib1g)"
say "lib has NVIDIA's libraries: bin/pretrain doctor --device cuda"
