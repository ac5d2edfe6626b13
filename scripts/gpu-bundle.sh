#!/usr/bin/env bash
# Builds what scripts/gpu-day.sh runs, for a machine without Go: both commands and the test programs of the packages that compute,
# stripped and compressed. They travel beside a checkout, which has the tests' data.
#
#   scripts/gpu-bundle.sh                           # bin/gpu.tar.xz
#   scripts/gpu-bundle.sh --plain DIR [PACKAGE...]  # uncompressed, for this machine, with the test programs of some packages
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

limit=64 # MiB: what the archive and the checkout's files may take together
packages=(internal/torch bert heads train)

plain='' folder=bin/gpu
case ${1:-} in
'') ;;
--plain)
	plain=yes folder=${2:?gpu-bundle: error: --plain needs a folder}
	(($# == 2)) || packages=("${@:3}")
	;;
*)
	printf 'gpu-bundle: error: unknown argument %s\ngpu-bundle: hint: %s [--plain DIR [PACKAGE...]]\n' "$1" "$0" >&2
	exit 2
	;;
esac
if [[ -z ${GOBERT_LIBTORCH:-} ]]; then
	eval "$(scripts/install-libtorch.sh --print-env)"
fi

rm -rf "$folder"
mkdir -p "$folder"
go build -trimpath -ldflags='-s -w' -o "$folder/" ./cmd/pretrain ./cmd/finetune
for package in "${packages[@]}"; do
	go test -c -trimpath -ldflags='-s -w' -o "$folder/${package##*/}.test" "./$package"
done
[[ -z $plain ]] || exit 0

# All programs have LibTorch's binding in them: a window as large as several of them finds it again.
tar -C bin -c gpu | xz -9 >bin/gpu.tar.xz
archive=$(stat -c %s bin/gpu.tar.xz)
tree=$(git ls-files -z | xargs -0 stat -c %s -- | awk '{ n += $1 } END { print n }')
printf 'gpu-bundle: bin/gpu.tar.xz has %d MiB, with the checkout %d MiB\n' $((archive >> 20)) $(((archive + tree) >> 20)) >&2
if (((archive + tree) >> 20 >= limit)); then
	printf 'gpu-bundle: error: that is more than %d MiB\n' "$limit" >&2
	exit 1
fi
