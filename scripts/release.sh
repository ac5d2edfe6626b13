#!/usr/bin/env bash
# Builds the archive that people download who do not compile: both commands with the LibTorch they need. Run it with --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
	cat <<-EOT
		Writes bin/release/gobert-VERSION-linux-MACHINE.tar.zst, its SBOM and SHA256SUMS, from a clean tree that has a tag
		(v1.2.3). Two builds of one tag have the same bytes. The archive runs where it is unpacked, on any Linux
		with glibc 2.34 or later.

		usage: scripts/release.sh [--untagged] [--fast]

		  --untagged  take any commit and any state of the tree; the version is what "git describe" says
		  --fast      compress little, to try the archive out
	EOT
}

die() {
	printf 'release: error: %s\n' "$1" >&2
	if [[ -n ${2:-} ]]; then printf 'release: hint: %s\n' "$2" >&2; fi
	exit "${3:-1}"
}
say() { printf 'release: %s\n' "$1" >&2; }

tagged=yes level=(-19 --long=27)
while (($#)); do
	case $1 in
	--untagged) tagged='' ;;
	--fast) level=(-1) ;;
	-h | --help) usage && exit 0 ;;
	*) die "unknown argument $1" "scripts/release.sh --help" 2 ;;
	esac
	shift
done
for tool in git strip tar zstd python3 sha256sum; do
	command -v "$tool" >/dev/null || die "the program $tool is not on the PATH" "Debian, Ubuntu: apt install git binutils tar zstd python3"
done

# Which version it is, and whether that is the truth.
if [[ -n $tagged ]]; then
	[[ -z $(git status --porcelain) ]] || die "the tree is not clean" "commit or remove what 'git status' lists, or try --untagged"
	version=$(git describe --tags --exact-match 2>/dev/null) || die "this commit has no tag" "git tag v1.2.3, or try --untagged"
else
	version=$(git describe --tags --always --dirty)
fi
date=$(git log -1 --format=%ct)

if [[ -z ${GOBERT_LIBTORCH:-} ]]; then eval "$(scripts/install-libtorch.sh --print-env)"; fi
[[ -d $GOBERT_LIBTORCH/licences ]] ||
	die "LibTorch in $GOBERT_LIBTORCH came without its licences" "install it anew: scripts/install-libtorch.sh --uninstall, then scripts/install-libtorch.sh --from-pypi"
[[ ! -e $GOBERT_LIBTORCH/lib/libtorch_cuda.so ]] || die "this LibTorch is the one for NVIDIA GPUs" "build the release with scripts/install-libtorch.sh --cpu"

name=gobert-$version-linux-$(uname -m)
out=bin/release
root=$out/$name
rm -rf "$out"
mkdir -p "$root/bin" "$root/lib" "$root/licences"

say "building the commands of $version"
go build -trimpath -ldflags='-s -w -buildid=' -o "$root/bin/" ./cmd/...
make -s bin/cyclonedx-gomod bin/patchelf

say "taking LibTorch, stripped of what only a debugger reads"
cp -L "$GOBERT_LIBTORCH"/lib/*.so* "$root/lib/"
# The C++ library that the commands were built with: a small system may have none, or an older one.
for library in libstdc++.so.6 libgcc_s.so.1; do cp -L "$(${CXX:-g++} -print-file-name=$library)" "$root/lib/"; done
chmod u+w "$root"/lib/*
strip --strip-unneeded "$root"/lib/*
for program in "$root"/bin/*; do bin/patchelf --set-rpath "\$ORIGIN/../lib" "$program"; done

say "writing licences and the list of parts"
cp LICENSE "$root/licences/gobert.txt"
cp "$(go env GOROOT)/LICENSE" "$root/licences/go.txt"
cp -r "$GOBERT_LIBTORCH"/licences/. "$root/licences/"
for library in libstdc++6 libgcc-s1; do
	if [[ -e /usr/share/doc/$library/copyright ]]; then cp "/usr/share/doc/$library/copyright" "$root/licences/$library.txt"; fi
done
go list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Dir}}{{end}}{{end}}' ./cmd/... | sort -u | while read -r module folder; do
	[[ -n $module ]] || continue
	found=$(find "$folder" -maxdepth 1 -iname 'licen[cs]e*' -o -maxdepth 1 -iname 'copying*' -o -maxdepth 1 -iname 'notice*' | sort)
	[[ -n $found ]] || die "$module has no licence in its folder"
	mkdir -p "$root/licences/$module"
	xargs -d '\n' cp -r -t "$root/licences/$module" <<<"$found"
done
# Both commands have the same modules in them.
told=$(bin/cyclonedx-gomod bin -json -std -licenses -noserial -version "$version" -output "$out/go.json" "$root/bin/finetune" 2>&1) || die "the list of parts: $told"
python3 scripts/release/sbom.py "$out/go.json" "$version" "$date" "$(${CXX:-g++} -dumpfullversion)" scripts/libtorch/requirements-cpu.txt >"$root/sbom.cdx.json"
rm "$out/go.json"
cp scripts/release/README.txt "$root/"
cp "$root/sbom.cdx.json" "$out/$name.cdx.json"

say "packing (some minutes)"
chmod -R u+rwX,go+rX,go-w "$root"
tar -C "$out" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$date" --format=posix \
	--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime -cf - "$name" |
	zstd -q -T1 "${level[@]}" -o "$root.tar.zst"
(cd "$out" && sha256sum "$name.tar.zst" "$name.cdx.json" >SHA256SUMS)
say "$root.tar.zst: $(($(stat -c %s "$root.tar.zst") / 1000000)) MB, $(($(du -sb "$root" | cut -f1) / 1000000)) MB unpacked"
