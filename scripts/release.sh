#!/usr/bin/env bash
# Builds the archive that people download who do not compile: both commands with the LibTorch they need. Run it with --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
	cat <<-EOT
		Writes bin/release/gobert-VERSION-linux-MACHINE.tar.zst, its SBOM and SHA256SUMS, from a clean tree that has a tag
		(v1.2.3). Two builds of one tag have the same bytes. The archive runs where it is unpacked, on any Linux
		whose glibc is not older than that of the machine it is built on: 2.36 for Debian 12.

		usage: scripts/release.sh [--untagged] [--fast] [--arch ARCH]

		  --untagged  take any commit and any state of the tree; the version is what "git describe" says
		  --fast      compress little, to try the archive out
		  --arch      amd64 or arm64: for the other machine than this one, with its compiler (g++-aarch64-linux-gnu) and
		              an emulator (qemu-user-static), which the new commands write their manual pages with
	EOT
}

die() {
	printf 'release: error: %s\n' "$1" >&2
	if [[ -n ${2:-} ]]; then printf 'release: hint: %s\n' "$2" >&2; fi
	exit "${3:-1}"
}
say() { printf 'release: %s\n' "$1" >&2; }

tagged=yes level=(-19 --long=27) machine=$(uname -m)
while (($#)); do
	case $1 in
	--untagged) tagged='' ;;
	--fast) level=(-1) ;;
	--arch)
		case ${2:-} in
		amd64) machine=x86_64 ;;
		arm64) machine=aarch64 ;;
		*) die "--arch is '${2:-}', expected amd64 or arm64" "scripts/release.sh --help" 2 ;;
		esac
		shift
		;;
	-h | --help) usage && exit 0 ;;
	*) die "unknown argument $1" "scripts/release.sh --help" 2 ;;
	esac
	shift
done
# For another machine, its tools have its name in front, and its programs are run by an emulator that finds its C library.
prefix='' run=()
if [[ $machine != "$(uname -m)" ]]; then
	prefix=$machine-linux-gnu-
	run=("qemu-$machine-static" -L "/usr/${prefix%-}")
fi
for tool in git "${prefix}strip" "${prefix}readelf" "${run[0]:-tar}" tar zstd python3 sha256sum; do
	command -v "$tool" >/dev/null || die "the program $tool is not on the PATH" \
		"Debian, Ubuntu: apt install git binutils tar zstd python3${prefix:+ g++-aarch64-linux-gnu qemu-user-static}"
done

# Which version it is, and whether that is the truth.
if [[ -n $tagged ]]; then
	[[ -z $(git status --porcelain) ]] || die "the tree is not clean" "commit or remove what 'git status' lists, or try --untagged"
	version=$(git describe --tags --exact-match 2>/dev/null) || die "this commit has no tag" "git tag v1.2.3, or try --untagged"
else
	version=$(git describe --tags --always --dirty)
fi
date=$(git log -1 --format=%ct)

make -s bin/cyclonedx-gomod bin/patchelf # before anything is said about another machine
if [[ -n $prefix ]]; then
	scripts/install-libtorch.sh --machine "$machine" --quiet
	eval "$(scripts/install-libtorch.sh --machine "$machine" --print-env)"
elif [[ -z ${GOBERT_LIBTORCH:-} ]]; then
	eval "$(scripts/install-libtorch.sh --print-env)"
fi
[[ -d $GOBERT_LIBTORCH/licences ]] ||
	die "LibTorch in $GOBERT_LIBTORCH came without its licences" "install it anew: scripts/install-libtorch.sh --uninstall, then scripts/install-libtorch.sh --from-pypi"
[[ ! -e $GOBERT_LIBTORCH/lib/libtorch_cuda.so ]] || die "this LibTorch is the one for NVIDIA GPUs" "build the release with scripts/install-libtorch.sh --cpu"

name=gobert-$version-linux-$machine
out=bin/release
root=$out/$name
mkdir -p "$out" # where the same version for another machine may stay
find "$out" -mindepth 1 -maxdepth 1 ! \( -name "gobert-$version-linux-*" ! -name "$name*" \) -exec rm -rf {} +
mkdir -p "$root/bin" "$root/lib" "$root/licences"

say "building the commands of $version"
# They are one program under several names (hard links): it looks at the name that it is called by. (Go passes over _folders.)
commands=(cmd/*/)
commands=("${commands[@]%/}")
commands=("${commands[@]#cmd/}")
python3 scripts/release/multicall.py bin/_multicall "${commands[@]}"
# In sections of their own, gotch's wrappers of operators that nobody calls fall away. Headers are read, so that nothing but sources decides
# about a byte. (minimal: without charts as PDF, EPS and TeX.)
sections='-ffunction-sections -fdata-sections'
CGO_CFLAGS="$CGO_CFLAGS $sections" CGO_CXXFLAGS="$CGO_CXXFLAGS $sections -DGOBERT_READ_HEADERS" go build -trimpath -tags minimal \
	-modfile bin/_multicall/go.mod -overlay bin/_multicall/overlay.json -ldflags='-s -w -buildid= -extldflags=-Wl,--gc-sections' -o "$root/bin/${commands[0]}" ./cmd/gobert

say "taking LibTorch, less what only a debugger reads, holes, and what is NVIDIA's"
cp -L "$GOBERT_LIBTORCH"/lib/*.so* "$root/lib/"
# The C++ library that the commands were built with: a small system may have none, or an older one.
for library in libstdc++.so.6 libgcc_s.so.1; do cp -L "$(${CXX:-g++} -print-file-name=$library)" "$root/lib/"; done
chmod u+w "$root"/lib/*
# What is needed by nothing that is needed (nobody opens a library of these by its name).
needed=$("${prefix}readelf" -dW "$root/bin/${commands[0]}" "$root"/lib/* | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort -u)
for library in "$root"/lib/*; do grep -qxF "${library##*/}" <<<"$needed" || rm "$library"; done
for library in "$root"/lib/*; do
	if [[ $library != */libnvpl* ]]; then # these may not be changed
		"${prefix}strip" --strip-unneeded "$library"
		python3 scripts/release/compact.py "$library"
	fi
done
# stand_in NAME FLAG...: a library that fails politely takes the place of NVIDIA's.
stand_in() {
	local name=$1
	shift
	printf '%s { global: *; };\n' "$name" >"$out/versions"
	"${CC:-gcc}" -shared -nostdlib -fPIC -O2 "$@" -Wl,-soname="$name" -Wl,--version-script="$out/versions" -Wl,--build-id=none \
		-o "$root/lib/$name" scripts/release/no_cuda.c
	"${prefix}strip" --strip-unneeded "$root/lib/$name"
	rm "$out/versions"
}
stand_in libcudart.so.13 -DRUNTIME
stand_in libcupti.so.13
bin/patchelf --set-rpath "\$ORIGIN/../lib" "$root/bin/${commands[0]}"
python3 scripts/release/bind.py "$root/bin/${commands[0]}" "$root/lib/libtorch_cpu.so" "$root/lib"
for command in "${commands[@]:1}"; do ln "$root/bin/${commands[0]}" "$root/bin/$command"; done
# Every name that a library asks for is there: the loader would find out only when it is called.
missing=$(LC_ALL=C LD_BIND_NOW=1 "${run[@]}" "$root/bin/${commands[0]}" --version 2>&1 >/dev/null) || die "a library lacks something: $missing"

say "writing manual pages and completions"
for command in "${commands[@]}"; do
	verb=("${run[@]}" "$root/bin/$command")
	mkdir -p "$root"/share/{man/man1,bash-completion/completions,zsh/site-functions,fish/vendor_completions.d}
	SOURCE_DATE_EPOCH=$date "${verb[@]}" man >"$root/share/man/man1/$command.1"
	"${verb[@]}" completion bash >"$root/share/bash-completion/completions/$command"
	"${verb[@]}" completion zsh >"$root/share/zsh/site-functions/_$command"
	"${verb[@]}" completion fish >"$root/share/fish/vendor_completions.d/$command.fish"
done

say "writing licences and the list of parts"
cp LICENSE "$root/licences/gobert.txt"
cp "$(go env GOROOT)/LICENSE" "$root/licences/go.txt"
cp -r "$GOBERT_LIBTORCH"/licences/torch "$root/licences/"
for library in libstdc++6 libgcc-s1; do
	if [[ -e /usr/share/doc/$library/copyright ]]; then cp "/usr/share/doc/$library/copyright" "$root/licences/$library.txt"; fi
done
if [[ -d scripts/release/$machine ]]; then cp scripts/release/"$machine"/*.txt "$root/licences/"; fi
go list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Dir}}{{end}}{{end}}' ./cmd/... | sort -u | while read -r module folder; do
	[[ -n $module ]] || continue
	found=$(find "$folder" -maxdepth 1 -iname 'licen[cs]e*' -o -maxdepth 1 -iname 'copying*' -o -maxdepth 1 -iname 'notice*' | sort)
	[[ -n $found ]] || die "$module has no licence in its folder"
	mkdir -p "$root/licences/$module"
	xargs -d '\n' cp -r -t "$root/licences/$module" <<<"$found"
done
told=$(bin/cyclonedx-gomod bin -json -std -licenses -noserial -version "$version" -output "$out/go.json" "$root/bin/${commands[0]}" 2>&1) || die "the list of parts: $told"
python3 scripts/release/sbom.py "$out/go.json" "$version" "$date" "$(${CXX:-g++} -dumpfullversion)" "$machine" scripts/libtorch/requirements-cpu.txt >"$root/sbom.cdx.json"
rm "$out/go.json"
glibc=$("${prefix}readelf" -VW "$root/bin/${commands[0]}" "$root"/lib/* | grep -o 'GLIBC_2\.[0-9]*' | sort -uV | tail -1)
sed "s/@GLIBC@/${glibc#GLIBC_}/" scripts/release/README.txt >"$root/README.txt"
say "the small addition: what brings CUDA"
mkdir "$root/cuda"
cp scripts/release/add-cuda.sh "$root/"
cp scripts/libtorch/{sources.sh,unpack.py,requirements-cpu.txt,requirements-cuda.txt} "$root/cuda/"
cp "$root/sbom.cdx.json" "$out/$name.cdx.json"

say "packing (some minutes)"
chmod -R u+rwX,go+rX,go-w "$root"
tar -C "$out" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$date" --format=posix \
	--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime -cf - "$name" |
	zstd -q -T1 "${level[@]}" -o "$root.tar.zst"
(cd "$out" && sha256sum ./*.tar.zst ./*.cdx.json | sed 's,\./,,' >SHA256SUMS)
say "$root.tar.zst: $(($(stat -c %s "$root.tar.zst") / 1000000)) MB, $(($(du -sb "$root" | cut -f1) / 1000000)) MB unpacked, for glibc ${glibc#GLIBC_} and later"
