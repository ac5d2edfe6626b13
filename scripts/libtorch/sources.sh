# shellcheck shell=bash disable=SC2154
# Where LibTorch can come from, for scripts/install-libtorch.sh: a folder, a Python, PyPI, the official zip.

readonly zip_base=${GOBERT_LIBTORCH_URL:-https://download.pytorch.org/libtorch}
readonly pythons=(${VIRTUAL_ENV:+"$VIRTUAL_ENV/bin/python"} python3 python)

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
	[[ ${found%% *} == "$version" || ${found%% *} == "$version"+* ]] || return 1
	[[ $variant == cpu || -e $site/torch/lib/libtorch_cuda.so ]]
}

# with_pip PYTHON prints the program behind it if it has pip and runs unpack.py. (A version manager's
# python is a shell script that starts another process, which a signal would not reach.)
with_pip() {
	"$1" -c '
import sys, pip
print(sys.executable)
sys.exit(sys.version_info < (3, 8))' 2>/dev/null
}

# choose_source settles where LibTorch comes from and says what is missing for it.
choose_source() {
	local each
	if [[ $source == auto ]]; then
		for each in "${pythons[@]}"; do
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
		for each in "${pythons[@]}"; do
			if python=$(with_pip "$each"); then source=pypi && return; fi
		done
		[[ $source == auto ]] || die "no Python 3.8 or later with pip on the PATH" "install it (Debian, Ubuntu: apt install python3-pip), or use --from-zip"
		;;&
	auto | zip)
		if command -v curl >/dev/null && command -v unzip >/dev/null; then source=zip && return; fi
		die "nothing to download LibTorch with: expected Python with pip, or curl and unzip" "Debian, Ubuntu: apt install python3-pip; or name a LibTorch you have with --libtorch DIR"
		;;
	esac
}

# fetch_pypi FOLDER: pip refuses whatever differs from the sha256 of the requirements files.
fetch_pypi() {
	local args=(-m pip download --dest "$stage/wheels" --no-deps --require-hashes --only-binary=:all:)
	local each
	for each in 2_28 2_27 2_26 2_25 2_24 2_18 2_17; do args+=(--platform "manylinux_${each}_$machine"); done
	args+=(--platform "manylinux2014_$machine" --python-version 3.11 --implementation cp --abi cp311 --abi none)
	args+=(--disable-pip-version-check -r "$parts/requirements-cpu.txt")
	if [[ $variant == cuda ]]; then args+=(-r "$parts/requirements-cuda.txt"); fi
	if [[ ! -t 2 ]]; then args+=(-q); fi
	TMPDIR=$stage watched "$python" "${args[@]}" >&2 ||
		die "pip could not fetch torch $version" "pip's message above says why; run this again, or try --from-zip"
	watched "$python" "$parts/unpack.py" "$variant" "$1" "$stage"/wheels/*.whl || die "the wheel could not be unpacked"
}

# fetch_zip FOLDER: the zip holds no list of hashes, so its own checksums have to do.
fetch_zip() {
	local url=$zip_base/cpu/libtorch-shared-with-deps-$version%2Bcpu.zip
	if [[ $variant == cuda ]]; then url=$zip_base/cu130/libtorch-shared-with-deps-$version%2Bcu130.zip; fi
	[[ $machine == x86_64 ]] || die "there is no official LibTorch zip for $machine" "use --from-pypi"
	local bar=--progress-bar
	if [[ ! -t 2 ]]; then bar=-sS; fi
	watched curl -fL "$bar" --retry 3 -o "$stage/libtorch.zip" "$url" || die "could not download $url" "run this again, or try --from-pypi"
	watched unzip -q "$stage/libtorch.zip" 'libtorch/lib/*' 'libtorch/include/*' -d "$stage" >&2 ||
		die "the zip from $url is damaged" "run this again, or try --from-pypi"
	rm -f "$stage"/libtorch/lib/*.a "$stage"/libtorch/lib/libtorch_python*
	mv "$stage"/libtorch/* "$1"
}

# fill FOLDER brings LibTorch there: include/ and lib/.
fill() {
	case $source in
	dir) say "using LibTorch in $libtorch" ;;
	python)
		say "taking LibTorch $version ($variant) from $site"
		watched "$python" "$parts/unpack.py" "$variant" "$1" "$site" || die "torch in $site could not be taken"
		;;
	pypi)
		say "fetching torch $version ($variant) through pip; its parts are checked against the pinned sha256"
		fetch_pypi "$1"
		;;
	zip)
		say "fetching the LibTorch $version zip ($variant)"
		fetch_zip "$1"
		;;
	esac
}
