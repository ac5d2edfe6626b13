package scripts

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// tools are the programs that the installer may call on any Linux. Only they are on the PATH of a
// test, beside the fakes of testdata, so that "no compiler" is true there.
var tools = []string{
	"awk", "basename", "bash", "cat", "chmod", "cksum", "cmp", "cp", "cut", "df", "dirname", "du", "env", "flock", "kill",
	"ldd", "ln", "ls", "mkdir", "mktemp", "mv", "readlink", "rm", "rmdir", "sed", "sleep", "tee", "touch", "uname", "unzip",
}

// A wheel's files, in its layout: what is needed, and what has to be left out on a CPU.
var wheel = map[string]string{
	"torch/include/torch/headeronly/version.h": "#define TORCH_VERSION_MAJOR 2\n#define TORCH_VERSION_MINOR 11\n#define TORCH_VERSION_PATCH 0\n",
	"torch/lib/libtorch_cpu.so":                "cpu library",
	"torch/lib/libc10.so":                      "core library",
	"torch/lib/libtorch_cuda.so":               "cuda library",
	"torch/lib/libtorch_python.so":             "python library",
	"nvidia/cu13/lib/libcudart.so.13":          "runtime",
	"nvidia/cu13/lib/libcublas.so.13":          "blas",
	"torch/nn/__init__.py":                     "",
	"torch-2.11.0.dist-info/licenses/LICENSE":  "terms",
}

func TestInstall(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("needs python3, which unpacks wheels")
	}
	script, err := filepath.Abs("install-libtorch.sh")
	if err != nil {
		t.Fatal(err)
	}
	readParts(t)
	// A shim of a Python version manager does not work from another PATH; the real program does.
	interpreter, err := exec.Command(python, "-c", "import sys; print(sys.executable)").Output()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			env.Setenv("PYTHON", strings.TrimSpace(string(interpreter)))
			env.Setenv("INSTALL", script)
			env.Setenv("ADD_CUDA", filepath.Join(env.WorkDir, "release", "add-cuda.sh"))
			if err := linkAddition(filepath.Join(env.WorkDir, "release")); err != nil {
				return err
			}
			env.Setenv("HOME", filepath.Join(env.WorkDir, "home"))
			env.Setenv("PATH", filepath.Join(env.WorkDir, "bin"))
			if err := linkTools(filepath.Join(env.WorkDir, "bin")); err != nil {
				return err
			}
			if err := writeWheel(filepath.Join(env.WorkDir, "good.whl"), ""); err != nil {
				return err
			}
			return writeWheel(filepath.Join(env.WorkDir, "damaged.whl"), "torch/lib/libc10.so")
		},
	})
}

// linkAddition puts what adds CUDA to a release there, as release.sh does.
func linkAddition(folder string) error {
	if err := os.MkdirAll(filepath.Join(folder, "cuda"), 0o755); err != nil {
		return err
	}
	for from, to := range map[string]string{
		"release/add-cuda.sh": "add-cuda.sh", "libtorch/sources.sh": "cuda/sources.sh", "libtorch/unpack.py": "cuda/unpack.py",
		"libtorch/requirements-cpu.txt": "cuda/requirements-cpu.txt", "libtorch/requirements-cuda.txt": "cuda/requirements-cuda.txt",
	} {
		content, err := os.ReadFile(from)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, to), content, 0o755); err != nil {
			return err
		}
	}
	return nil
}

// readParts opens the script and its parts: only so does Go know that a kept test result depends on them.
func readParts(t *testing.T) {
	t.Helper()
	parts, err := filepath.Glob("libtorch/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range append(parts, "install-libtorch.sh") {
		if _, err := os.ReadFile(part); err != nil {
			t.Fatal(err)
		}
	}
}

// linkTools fills a folder for the PATH.
func linkTools(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, tool := range tools {
		path, err := exec.LookPath(tool)
		if err != nil {
			return err
		}
		if err := os.Symlink(path, filepath.Join(dir, tool)); err != nil {
			return err
		}
	}
	// The fake compiler is never called; the fake python3 is pip and hands on the rest.
	if err := os.WriteFile(filepath.Join(dir, "g++"), nil, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "python3"), []byte(fakePython), 0o755)
}

// fakePython has no torch, and its pip copies $WHEEL after $PIP_SECONDS.
const fakePython = `#!/usr/bin/env bash
case "$*" in
*importlib.metadata*) exit 1 ;;
*'import sys, pip'*) echo "$WORK/bin/python3" ;;
-m\ pip\ download*)
	echo "$*" >>"$WORK/pip.log"
	sleep "${PIP_SECONDS:-0}" >&- 2>&-
	if [[ -z $WHEEL ]]; then
		echo "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE" >&2
		exit 1
	fi
	mkdir "$5"
	cp "$WHEEL" "$5/torch.whl"
	;;
*) exec "$PYTHON" "$@" ;;
esac
`

// writeWheel makes a small wheel of torch; the file named damaged does not have its listed hash.
func writeWheel(path, damaged string) error {
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	archive := zip.NewWriter(out)
	var record strings.Builder
	for name, content := range wheel {
		sum := sha256.Sum256([]byte(content))
		fmt.Fprintf(&record, "%s,sha256=%s,%d\n", name, base64.RawURLEncoding.EncodeToString(sum[:]), len(content))
		if name == damaged {
			content += "?"
		}
		if err := add(archive, name, content); err != nil {
			return err
		}
	}
	if err := add(archive, "torch-2.11.0.dist-info/RECORD", record.String()); err != nil {
		return err
	}
	if err := archive.Close(); err != nil {
		return err
	}
	return out.Close()
}

func add(archive *zip.Writer, name, content string) error {
	file, err := archive.Create(name)
	if err != nil {
		return err
	}
	_, err = file.Write([]byte(content))
	return err
}
