# shellcheck shell=bash disable=SC2154
# The settings that tell Go's cgo where LibTorch is, for scripts/install-libtorch.sh.

# gotch's cgo line names these libraries; empty archives stand in for them, because CUDA is
# loaded at run time and never linked.
readonly stand_ins="torch torch_cuda c10_cuda cuda cudart cublas cudnn caffe2_nvrtc nvrtc nvrtc-builtins nvToolsExt"

# env_text prints env.sh for this installation. Variable tracking serves debuggers only; without it
# gotch's 2,500 wrappers compile in 73 s of CPU time instead of 82.
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
		# Without -trimpath Go compiles our C++ again in every checkout, because cgo records its folder.
		GOFLAGS=\$(go env GOFLAGS 2>/dev/null)
		case " \$GOFLAGS " in *" -trimpath "*) ;; *) GOFLAGS="\${GOFLAGS:+\$GOFLAGS }-trimpath" ;; esac
		export GOFLAGS
	EOT
	if foreign; then
		cat <<-EOT
			# For another machine than the one that compiles.
			export GOARCH=$(goarch) CGO_ENABLED=1 CC=$machine-linux-gnu-gcc CXX=$machine-linux-gnu-g++
		EOT
	fi
}

# goarch is what Go calls the machine.
goarch() { if [[ $machine == aarch64 ]]; then echo arm64; else echo amd64; fi; }

# compat_name changes with the content, because Go's build cache sees only the flags.
compat_name() { echo "gotch_compat.$(cksum <"$parts/gotch_compat.h" | cut -d' ' -f1).h"; }

# precompiled prints where the headers lie that were read already, for the compiler that is there, below the folder of the settings.
precompiled() {
	local compiler
	compiler=$(${CXX:-g++} -dumpfullversion 2>/dev/null) || compiler=none
	echo "$(compat_name).gch/$compiler.$(cksum <"$parts/precompiled.h" | cut -d' ' -f1)"
}

# precompile reads the headers: the flags are those that Go and our packages hand to the compiler. A compiler that cannot do this
# leaves an empty file, which fits nothing.
precompile() {
	local made
	made=$home/$(precompiled)
	[[ ! -e $made ]] || return 0
	say "reading LibTorch's headers, once for all C++ (15 to 40 s, more beside other work)"
	mkdir -p "${made%/*}"
	(
		# shellcheck disable=SC1091
		source "$home/env.sh"
		# shellcheck disable=SC2086 # flags
		${CXX:-g++} -fPIC -pthread -fmessage-length=0 ${CGO_CXXFLAGS%% -include*} -std=c++17 -O3 -fopenmp \
			-x c++-header "$parts/precompiled.h" -o "$home/.precompiled.$$"
	) 2>/dev/null || true
	[[ -e $home/.precompiled.$$ ]] || : >"$home/.precompiled.$$"
	mv "$home/.precompiled.$$" "$made"
}

# write_settings FOLDER puts everything but LibTorch itself there.
write_settings() {
	local name
	mkdir -p "$1/stubs"
	for name in $stand_ins; do printf '!<arch>\n' >"$1/stubs/lib$name.a"; done
	cp "$parts/gotch_compat.h" "$1/$(compat_name)"
	env_text >"$1/.env.sh.$$"
	mv "$1/.env.sh.$$" "$1/env.sh"
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
