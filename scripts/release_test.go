package scripts

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// largest is how many bytes the unpacked archive may have.
const largest = 390e6

// TestRelease builds the archive as a visitor gets it, unpacks it elsewhere and uses both commands with nothing else around: in a root
// that holds glibc alone, if one can be made here. With GOBERT_LONG set it is built twice, as it is published, and has the same bytes.
func TestRelease(t *testing.T) {
	libtorch := os.Getenv("GOBERT_LIBTORCH")
	if libtorch == "" {
		t.Skip("LibTorch is not set up in this shell")
	}
	if _, err := os.Stat(filepath.Join(libtorch, "licences")); err != nil {
		t.Skip("this LibTorch has no licences beside it: an older installer, or a source without them, brought it")
	}
	if _, err := os.Stat(filepath.Join(libtorch, "lib", "libtorch_cuda.so")); err == nil {
		t.Skip("a release is built from the LibTorch for CPUs")
	}
	if out, err := exec.Command("make", "-C", "..", "bin/patchelf").CombinedOutput(); err != nil {
		t.Skipf("patchelf cannot be had: %s", out)
	}
	machine, level := "aarch64", "--fast"
	if runtime.GOARCH == "amd64" {
		machine = "x86_64"
	}
	if os.Getenv("GOBERT_LONG") != "" {
		level = ""
	}
	root, sum := build(t, machine, level)
	use(t, root)
	useAlone(t, root)
	if os.Getenv("GOBERT_LONG") != "" {
		if _, again := build(t, machine, level); again != sum {
			t.Errorf("a second build has other bytes: %s, %s", sum, again)
		}
	}
}

// TestReleaseForARM64 builds the archive for the other machine, and asks its commands in an emulator.
func TestReleaseForARM64(t *testing.T) {
	emulator, err := exec.LookPath("qemu-aarch64-static")
	if os.Getenv("GOBERT_LONG") == "" || runtime.GOARCH != "amd64" || err != nil {
		t.Skip("needs GOBERT_LONG (C++ is compiled for it, and LibTorch fetched), a cross compiler and qemu-user-static")
	}
	root, _ := build(t, "aarch64", "--fast", "--arch", "arm64")
	for _, args := range [][]string{{"pretrain", "--help"}, {"serve", "--help"}, {"finetune", "doctor"}} {
		line := append([]string{"-L", "/usr/aarch64-linux-gnu", filepath.Join(root, "bin", args[0])}, args[1:]...)
		if out, err := exec.Command(emulator, line...).CombinedOutput(); err != nil || len(out) == 0 {
			t.Errorf("%v: %v\n%s", args, err, out)
		}
	}
}

// build runs release.sh and unpacks what it made: its list of parts, its sums and its size are right.
func build(t *testing.T, machine string, args ...string) (root, sum string) {
	t.Helper()
	args = slices.DeleteFunc(append(args, "--untagged"), func(arg string) bool { return arg == "" })
	if out, err := exec.Command("./release.sh", args...).CombinedOutput(); err != nil {
		t.Fatalf("release.sh: %v\n%s", err, out)
	}
	found, err := filepath.Glob("../bin/release/*-linux-" + machine + ".tar.zst")
	if err != nil || len(found) != 1 {
		t.Fatalf("archives: %v, %v", found, err)
	}
	archive := found[0]
	content, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256(content)
	sum = hex.EncodeToString(digest[:])
	sums, err := os.ReadFile("../bin/release/SHA256SUMS")
	if err != nil || !strings.Contains(string(sums), sum+"  "+filepath.Base(archive)) {
		t.Errorf("SHA256SUMS has no %s: %v\n%s", sum, err, sums)
	}
	folder := t.TempDir()
	if out, err := exec.Command("tar", "--zstd", "-xf", archive, "-C", folder).CombinedOutput(); err != nil {
		t.Fatalf("unpacking: %v\n%s", err, out)
	}
	root = filepath.Join(folder, strings.TrimSuffix(filepath.Base(archive), ".tar.zst"))
	partsOf(t, root)
	size := int64(0)
	seen := map[uint64]bool{} // the commands are one file under two names
	if err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if inode := info.Sys().(*syscall.Stat_t).Ino; err == nil && !seen[inode] {
			seen[inode] = true
			size += info.Size()
		}
		return err
	}); err != nil || size > largest {
		t.Errorf("the archive has %d bytes unpacked, %v; at most %d are allowed", size, err, int64(largest))
	}
	return root, sum
}

// partsOf looks at the list of parts: each has a licence's text beside it.
func partsOf(t *testing.T, root string) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, "sbom.cdx.json"))
	if err != nil {
		t.Fatal(err)
	}
	var list struct {
		Components []struct{ Name, Version string }
	}
	if err := json.Unmarshal(content, &list); err != nil {
		t.Fatal(err)
	}
	if len(list.Components) < 20 {
		t.Errorf("%d parts: %+v", len(list.Components), list.Components)
	}
	elsewhere := map[string]string{
		"std": "go.txt", "libstdc++": "libstdc++6.txt", "libgcc": "libgcc-s1.txt", "libgomp": "libgcc-s1.txt",
		"arm_compute": "arm_compute.txt", "nvpl_blas": "nvpl.txt", "nvpl_lapack": "nvpl.txt",
	}
	for _, c := range list.Components {
		place := c.Name
		if other, ok := elsewhere[c.Name]; ok {
			place = other
		}
		if _, err := os.Stat(filepath.Join(root, "licences", place)); err != nil || c.Version == "" {
			t.Errorf("%s %s: its licence is not there: %v", c.Name, c.Version, err)
		}
	}
}

// useAlone runs a command in a root of its own, where there is the archive, glibc and nothing else.
func useAlone(t *testing.T, root string) {
	t.Helper()
	inside := []string{"--map-root-user", "--mount", "--pid", "--fork", "--mount-proc"}
	if out, err := exec.Command("unshare", append(inside, "true")...).CombinedOutput(); err != nil {
		t.Logf("no root of its own can be had: %v %s", err, out)
		return
	}
	alone := t.TempDir()
	out, err := exec.Command("ldd", filepath.Join(root, "lib", "libtorch_cpu.so")).Output()
	if err != nil {
		t.Fatalf("ldd: %v", err)
	}
	libraries := []string{"/lib/x86_64-linux-gnu/libresolv.so.2"}
	for word := range strings.FieldsSeq(string(out)) {
		if strings.HasPrefix(word, "/") && !strings.HasPrefix(word, root) {
			libraries = append(libraries, word)
		}
	}
	ours, _ := filepath.Glob(filepath.Join(root, "lib", "*"))
	for _, path := range libraries {
		if slices.ContainsFunc(ours, func(our string) bool { return filepath.Base(our) == filepath.Base(path) }) {
			continue
		}
		content, err := os.ReadFile(path)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil || os.MkdirAll(filepath.Join(alone, filepath.Dir(path)), 0o755) != nil ||
			os.WriteFile(filepath.Join(alone, path), content, 0o755) != nil {
			t.Fatalf("%s cannot be copied: %v", path, err)
		}
	}
	if err := os.Mkdir(filepath.Join(alone, "proc"), 0o755); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("cp", "-r", root, filepath.Join(alone, "gobert")).CombinedOutput(); err != nil {
		t.Fatalf("cp: %v %s", err, out)
	}
	cmd := exec.Command("unshare", append(inside, "--root="+alone, "/gobert/bin/pretrain", "doctor")...)
	cmd.Env = []string{"HOME=/"}
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "All is well") {
		t.Errorf("with glibc alone: %v\n%s", err, out)
	}
}

// use runs the commands without any setting of this shell. All libraries that they load are the system's own C library, or the
// archive's.
func use(t *testing.T, root string) {
	t.Helper()
	metrics := filepath.Join(t.TempDir(), "metrics.jsonl")
	if err := os.WriteFile(metrics, []byte("{\"kind\":\"step\",\"step\":1,\"loss\":3}\n{\"kind\":\"step\",\"step\":2,\"loss\":2}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"pretrain", "--help"},
		{"pretrain", "doctor"},
		{"finetune", "--help"},
		{"finetune", "doctor"},
		{"pretrain", "plot", metrics, "--out", filepath.Join(t.TempDir(), "curves.png")},
	} {
		cmd := exec.Command(filepath.Join(root, "bin", args[0]), args[1:]...)
		cmd.Env, cmd.Dir = []string{"HOME=" + t.TempDir()}, root
		if out, err := cmd.CombinedOutput(); err != nil || len(out) == 0 {
			t.Errorf("%s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	if text, err := os.ReadFile(filepath.Join(root, "README.txt")); err != nil || !regexp.MustCompile(`with glibc 2\.\d+ or later`).Match(text) {
		t.Errorf("README.txt: %v, expected which glibc is needed\n%s", err, text)
	}
	for _, name := range []string{"pretrain", "finetune", "serve"} {
		for place, want := range map[string]string{
			"man/man1/" + name + ".1": "\n" + name + ` \- `, "bash-completion/completions/" + name: "complete ",
			"zsh/site-functions/_" + name: "#compdef " + name, "fish/vendor_completions.d/" + name + ".fish": "complete -c " + name,
		} {
			if text, err := os.ReadFile(filepath.Join(root, "share", place)); err != nil || !strings.Contains(string(text), want) {
				t.Errorf("share/%s: %v, expected %q in it", place, err, want)
			}
		}
	}
	cmd := exec.Command("ldd", filepath.Join(root, "bin", "finetune"))
	cmd.Env = []string{"LC_ALL=C"}
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("ldd: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		name, place, found := strings.Cut(strings.TrimSpace(line), " => ")
		ours := strings.HasPrefix(name, "libtorch") || strings.HasPrefix(name, "libc10") || strings.HasPrefix(name, "libstdc++") ||
			strings.HasPrefix(name, "libgcc") || strings.HasPrefix(name, "libgomp") || strings.HasPrefix(name, "libcu")
		if found && (strings.Contains(place, "not found") || ours != strings.HasPrefix(place, root)) {
			t.Errorf("a library comes from another place than expected: %s", line)
		}
	}
}
