#!/usr/bin/env bash
# gotch-part.sh FOLDER: writes into FOLDER what our commands call of gotch's binding, and prints the go.mod for "go build -modfile" that
# takes it from there.
#
# gotch wraps 2,500 operators, of which internal/torch calls twenty. All of them take two minutes of one core: cgo, g++ and go one after
# the other, the longest row of a build. The part is made of gotch's own lines, in a module of its name; whoever builds without that
# go.mod (tests, programs of others, what uses gotch's ts) compiles all of it.
set -euo pipefail
mkdir -p "$1/libtch"
out=$(cd "$1" && pwd)
cd "$(dirname "${BASH_SOURCE[0]}")/.."
module=github.com/sugarme/gotch
gotch=$(go list -m -f '{{.Dir}}' $module)
if [[ -z $gotch ]]; then # nobody fetched it yet
	go mod download $module
	gotch=$(go list -m -f '{{.Dir}}' $module)
fi
whole=$gotch/libtch

# functions FILE NAME...: these functions of a file of Go or C++, each as it stands, from the line that names it to the first "}".
functions() {
	awk -v names="${*:2}" '
		BEGIN { for (i = split(names, list, " "); i; i--) wanted[list[i]] }
		!inside && /^[a-zA-Z].*\(/ { name = $0; sub(/^func /, "", name); sub(/\(.*/, "", name); sub(/.*[ *]/, "", name); inside = name in wanted }
		inside
		/^}/ { inside = 0 }' "$1"
}

# put FILE: standard input becomes that file of the part.
put() { cat >"$out/.new" && mv "$out/.new" "$out/$1"; }

mapfile -t go < <(grep -ohE '\blibtch\.Atg[A-Za-z0-9_]+' internal/torch/*.go | sed 's/libtch\.//' | sort -u)
{
	printf 'package libtch\n\n//#include "torch_api.h"\nimport "C"\n\nimport "unsafe"\n\n'
	grep -E '^type C(tensor|scalar) = C\.' "$whole/tensor.go"
	functions "$whole/tensor.go" GetAndResetLastErr
	functions "$whole/c-generated.go" "${go[@]}"
} | put libtch/c-generated.go
# The flags of our own C++, so that headers that were read once serve here too; and no path, so that checkouts share what comes of it.
# shellcheck disable=SC2016 # what cgo calls the package's folder
sed -e 's/^\(\/\/ #cgo CXXFLAGS: -std=c++17\) .*-O3$/\1 -O3 -fopenmp/' -e 's/ -[IL]${SRCDIR}[^ ]*//g' "$whole/lib.go" | put libtch/lib.go
mapfile -t c < <(grep -ohE '\bC\.atg_[a-z0-9_]+' "$out/libtch/c-generated.go" | sed 's/C\.//' | sort -u)
functions "$whole/torch_api_generated.cpp.h" "${c[@]}" >"$out/libtch/operators.h"
{
	printf '#include <stdint.h>\n#ifdef __cplusplus\ntypedef at::Tensor *tensor;\ntypedef at::Scalar *scalar;\nextern "C" {\n'
	printf '#else\ntypedef void *tensor;\ntypedef void *scalar;\n#endif\nchar *get_and_reset_last_err();\n'
	sed -n 's/^\([a-z].*)\) {$/\1;/p' "$out/libtch/operators.h"
	printf '#ifdef __cplusplus\n}\n#endif\n'
} | put libtch/torch_api.h
{
	cat <<-'END'
		#include <ATen/ATen.h>
		#include <cstring>
		#include <exception>
		#include <vector>
		#include "torch_api.h"
		namespace torch { using namespace at; }
		using namespace std;
		static thread_local char *torch_last_err = nullptr;
		#define PROTECT(x) try { x } catch (const exception &e) { torch_last_err = strdup(e.what()); }
	END
	functions "$whole/torch_api.cpp" get_and_reset_last_err of_carray_tensor
	echo '#include "operators.h"'
} | put libtch/torch_api.cpp
cp "$gotch/go.mod" "$out/gotch.mod" && mv "$out/gotch.mod" "$out/go.mod"
cp go.sum "$out/main.sum"
{ cat go.mod && printf 'replace github.com/sugarme/gotch => %s\n' "$out"; } | put main.mod
echo "$out/main.mod"
