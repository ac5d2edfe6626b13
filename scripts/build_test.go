package scripts

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gobert/internal/testkit"
)

// fakeGo stands in for go: it lists three packages to compile and a program, and compiles them as "go build -x" of Go 1.26.8 tells: the
// lines are its own, shortened. C++ of one package compiles side by side, and a flag in front names the folder of the unit.
const fakeGo = `#!/bin/bash
case $1 in
list) case $* in *deps*) printf 'a\nb b.cgo one.cpp two.c\nc\n' ;; *) echo x ;; esac ;;
build)
	if [[ $2 != -x ]]; then echo "built plainly" >&2; exit ${FAILS:-0}; fi
	work=$(mktemp -d)
	trap 'rm -rf $work' EXIT
	mkdir $work/b002
	step() { echo "$1" >&2; sleep 0.6; }
	echo "WORK=$work" >&2
	step '/usr/local/go/pkg/tool/linux_amd64/compile -o $WORK/b001/_pkg_.a -trimpath "$WORK/b001=>" -p a -lang=go1.26 -std -buildid x'
	step '/usr/local/go/pkg/tool/linux_amd64/buildid -w $WORK/b001/_pkg_.a # internal'
	step "TERM='dumb' CGO_LDFLAGS='' /usr/local/go/pkg/tool/linux_amd64/cgo -objdir \$WORK/b002/ -importpath b \"-ldflags=\\\"-O2\\\"\" -- -I \$WORK/b002/ -O2 ./b.go"
	step "TERM='dumb' gcc -I . -fPIC -m64 -ffile-prefix-map=\$WORK/b002=/tmp/go-build -gno-record-gcc-switches -I \$WORK/b002/ -O2 -frandom-seed=x -o \$WORK/b002/_x002.o -c b.cgo2.c"
	printf %s "TERM='dumb' g++ -I . -fPIC -m64 -ffile-prefix-map=\$WORK/b002=/tmp/go-build -gno-record-gcc-switches -I \$WORK/b002/ -O2 -frandom-seed=x -o \$WORK/b002/_x003.o -c o" >&2
	sleep 0.5 # a line may come in two
	step ne.cpp
	step "TERM='dumb' gcc -I . -fPIC -m64 -ffile-prefix-map=\$WORK/b002=/tmp/go-build -gno-record-gcc-switches -I \$WORK/b002/ -O2 -frandom-seed=x -o \$WORK/b002/_x004.o -c two.c"
	echo object >$work/b002/_x003.o
	echo 'cat >$WORK/b002/importcfg << EOF' >&2
	for ((i = 0; i < 600; i++)); do [[ -e $SEEN ]] && break; sleep 0.1; done # until the bar has shown that
	step '/usr/local/go/pkg/tool/linux_amd64/compile -o $WORK/b002/_pkg_.a -trimpath "$WORK/b002=>" -p b -lang=go1.26 -buildid x'
	step '/usr/local/go/pkg/tool/linux_amd64/compile -o $WORK/b003/_pkg_.a -trimpath "$WORK/b003=>" -p c -lang=go1.26 -buildid x'
	step '/usr/local/go/pkg/tool/linux_amd64/compile -o $WORK/b004/_pkg_.a -trimpath "$WORK/b004=>" -p main -lang=go1.26 -buildid x'
	step '/usr/local/go/pkg/tool/linux_amd64/link -o $WORK/b004/exe/a.out -importcfg $WORK/b004/importcfg.link -buildmode=exe'
	exit ${FAILS:-0}
	;;
esac
`

// TestBuildShowsHowFarItIs: on a terminal the bar grows and goes away; what fails says why; elsewhere nothing moves.
func TestBuildShowsHowFarItIs(t *testing.T) {
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "go"), []byte(fakeGo), 0o700); err != nil {
		t.Fatal(err)
	}
	// one.cpp, whose object is there, is most of the work: the bar says so before the package's next command.
	most := regexp.MustCompile(`6\d% 4 of 8 pieces[^:]*: two.c`)
	seenMost := filepath.Join(bin, "seen")
	build := func(fails string, out *os.File) error {
		cmd := exec.Command("./build.sh", t.TempDir(), "./...")
		cmd.Stderr = out
		cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "FAILS="+fails, "SEEN="+seenMost, "GOBERT_LIBTORCH=")
		return cmd.Run()
	}
	for fails, code := range map[string]int{"0": 0, "3": 3} {
		_ = os.Remove(seenMost)
		seen, program := testkit.OpenTerminal(t)
		shown := make(chan string)
		go func() {
			text := make([]byte, 0, 1<<16)
			for !strings.Contains(string(text), "the end") {
				n, err := seen.Read(text[len(text):cap(text)])
				if text = text[:len(text)+n]; err != nil {
					break
				}
				if most.Match(text) {
					_ = os.WriteFile(seenMost, nil, 0o600)
				}
			}
			shown <- string(text)
		}()
		err := build(fails, program)
		_, _ = io.WriteString(program, "the end")
		text := <-shown
		var exit *exec.ExitError
		if code == 0 && err != nil || code != 0 && (!errors.As(err, &exit) || exit.ExitCode() != code) {
			t.Errorf("go ended with %s, build.sh: %v\n%q", fails, err, text)
		}
		if strings.Contains(text, "built plainly") != (code != 0) {
			t.Errorf("a failed build is done again to be read: %q", text)
		}
		before, count := -1, 0
		for _, found := range regexp.MustCompile(`\] +(\d+)% (\d) of 8 pieces`).FindAllStringSubmatch(text, -1) {
			percent, _ := strconv.Atoi(found[1])
			if percent < before || percent > 99 {
				t.Errorf("%d %% after %d %%", percent, before)
			}
			if percent > before {
				before, count = percent, count+1
			}
		}
		if count < 3 || before < 60 || !most.MatchString(text) || !strings.HasSuffix(text, "\r\x1b[Kthe end") {
			t.Errorf("%d steps of the bar:\n%q", count, text)
		}
	}
	out, err := os.Create(filepath.Join(t.TempDir(), "said"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	err = build("0", out)
	if text, _ := os.ReadFile(out.Name()); err != nil || strings.Contains(string(text), "pieces") {
		t.Errorf("in a pipe: %v, %q", err, text)
	}
}

// TestWeightsNameFiles: what build-weights weighs is there to be compiled.
func TestWeightsNameFiles(t *testing.T) {
	text, err := os.ReadFile("build-weights")
	if err != nil {
		t.Fatal(err)
	}
	known := []string{"other", "other.cpp", "link", "libtch/torch_api.cpp"}
	packages, err := exec.Command("go", "list", "-deps", "../cmd/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for path := range strings.FieldsSeq(string(packages)) {
		known = append(known, path, path+".cgo")
	}
	for _, pattern := range []string{"../internal/torch/*/*.cpp", "../internal/torch/*/*/*.cpp"} {
		files, _ := filepath.Glob(pattern)
		for _, file := range files {
			known = append(known, filepath.Base(filepath.Dir(file))+"/"+filepath.Base(file))
		}
	}
	n := 0
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if fields[0] == "#" {
			continue
		}
		if _, err := strconv.Atoi(fields[len(fields)-1]); len(fields) != 2 || err != nil || !slices.Contains(known, fields[0]) {
			t.Errorf("build-weights: %q names no file that is compiled, or no number", line)
		}
		n++
	}
	if n < 5 {
		t.Errorf("%d weights", n)
	}
}

// TestPreparedIsWhatTheVerbsMake: what "make demo" makes while C++ compiles are the files of pretrain vocab and pretrain data.
func TestPreparedIsWhatTheVerbsMake(t *testing.T) {
	if os.Getenv("GOBERT_LIBTORCH") == "" {
		t.Skip("LibTorch is not set up in this shell")
	}
	bin, folder := programs(t, "cmd/pretrain", "scripts/prepare"), t.TempDir()
	run := func(dir, name string, args ...string) {
		t.Helper()
		cmd := exec.Command(name, args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s %q: %v\n%s", name, args, err, out)
		}
	}
	for _, split := range []string{"", "split"} {
		text := filepath.Join(folder, "text.txt")
		if err := os.WriteFile(text, []byte(strings.Repeat("The cat sat. It was a rug.\n\nThe dog ran. It was a ball.\n\n", 30)), 0o600); err != nil {
			t.Fatal(err)
		}
		theirs, ours := t.TempDir(), t.TempDir()
		run(theirs, filepath.Join(bin, "pretrain"), "vocab", text, "--size", "60", "--out", "vocab")
		args := []string{"data", text, "--tokenizer", "vocab", "--heldout", "0.05", "--out", "corpus"}
		prepare := []string{text, ours, "60"}
		if split != "" {
			args, prepare = append(args, "--split"), append(prepare, split)
		}
		run(theirs, filepath.Join(bin, "pretrain"), args...)
		run(ours, filepath.Join(bin, "prepare"), prepare...)
		run(ours, filepath.Join(bin, "prepare"), prepare...) // what is there stays
		run(ours, "diff", "-r", theirs, ours)
	}
}

// TestPartOfGotchIsFetched: on a machine where nobody fetched a module yet, the part of gotch that is built is fetched first.
func TestPartOfGotchIsFetched(t *testing.T) {
	cache, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	proxy := filepath.Join(strings.TrimSpace(string(cache)), "cache", "download")
	if _, err := os.Stat(filepath.Join(proxy, "github.com", "sugarme", "gotch")); err != nil {
		t.Skip("gotch was not fetched by this machine's go: ", err)
	}
	out := t.TempDir()
	cmd := exec.Command("./gotch-part.sh", out)
	cmd.Env = append(os.Environ(), "GOMODCACHE="+t.TempDir(), "GOPROXY=file://"+proxy, "GOFLAGS=-modcacherw", "GONOSUMDB=*")
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	for _, file := range []string{"c-generated.go", "lib.go", "operators.h"} {
		if info, err := os.Stat(filepath.Join(out, "libtch", file)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v, or empty", file, err)
		}
	}
}
