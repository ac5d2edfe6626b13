package cuda

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// nvrtc opens the compiler that tests use, or skips: it is a package of pip's, which CI installs.
func nvrtc(t *testing.T) *compiler {
	t.Helper()
	c, err := openCompiler(nvrtcFolders()...)
	if err != nil {
		t.Skipf("%v (hint: pip install --target ~/.cache/gobert/nvrtc nvidia-cuda-nvrtc==13.0.88)", err)
	}
	return c
}

// nvrtcFolders are where a test may find NVRTC: in the folder that is named, beside LibTorch, and where CI puts it.
func nvrtcFolders() []string {
	folders := []string{os.Getenv(nvrtcVariable)}
	if libtorch := os.Getenv("GOBERT_LIBTORCH"); libtorch != "" {
		folders = append(folders, filepath.Join(libtorch, "lib"))
	}
	if base, err := os.UserCacheDir(); err == nil {
		folders = append(folders, filepath.Join(base, "gobert", "nvrtc", "nvidia", "cu13", "lib"))
	}
	return folders
}

// TestCubinsAreKept: what was compiled is read the next time; what is damaged is compiled anew; and a cache that cannot be
// written costs one warning, not the run.
func TestCubinsAreKept(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "kernels")
	var warnings []string
	m := maker{compiler: nvrtc(t), cache: cache{folder}, tell: func(string) {}, warn: func(text string) { warnings = append(warnings, text) }}
	target := Target{Unit: "sums", Suffix: "f32", Aligned: true, Major: 9, Minor: 0}
	first, err := m.Cubin(target)
	if err != nil {
		t.Fatal(err)
	}
	path := m.cache.path(keyOf(source("sums"), target.options(), m.compiler.Version))
	kept, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, damage := range map[string]func() []byte{
		"cut short": func() []byte { return kept[:len(kept)/2] },
		"empty":     func() []byte { return nil },
		"a bit flipped": func() []byte {
			other := bytes.Clone(kept)
			other[len(other)/3] ^= 4
			return other
		},
	} {
		if err := os.WriteFile(path, damage(), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, ok := m.cache.Get(filepath.Base(strings.TrimSuffix(path, ".cubin"))); ok {
			t.Errorf("%s: the cubin counts as whole", name)
		}
		again, err := m.Cubin(target)
		if err != nil || !bytes.Equal(again, first) {
			t.Errorf("%s: compiled anew it differs (%v)", name, err)
		}
		if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, kept) {
			t.Errorf("%s: the cache was not mended (%v)", name, err)
		}
	}
	if len(warnings) > 0 {
		t.Errorf("warned: %q", warnings)
	}
	// A file where the folder should be: nothing can be written, not even by root.
	m.cache.folder = path
	if again, err := m.Cubin(target); err != nil || !bytes.Equal(again, first) {
		t.Errorf("without a cache: %v", err)
	}
	if len(warnings) != 1 || !strings.Contains(warnings[0], "XDG_CACHE_HOME") {
		t.Errorf("a cache that cannot be written: warnings %q, expected one with the cure", warnings)
	}
}

// TestKeysTellApart: whatever changes the machine code changes the key.
func TestKeysTellApart(t *testing.T) {
	seen := map[string]string{}
	add := func(what, key string) {
		if other, ok := seen[key]; ok {
			t.Errorf("%s and %s have one key", what, other)
		}
		seen[key] = what
	}
	target := Target{Unit: "norm", Suffix: "bf16", Width: 768, Aligned: true, Major: 9}
	for what, change := range map[string]func(t *Target){
		"nothing":      func(*Target) {},
		"type":         func(t *Target) { t.Suffix = "f16" },
		"width":        func(t *Target) { t.Width = 767 },
		"alignment":    func(t *Target) { t.Aligned = false },
		"architecture": func(t *Target) { t.Major, t.Minor = 8, 6 },
	} {
		other := target
		change(&other)
		add(what, keyOf(source(other.Unit), other.options(), "13.0"))
	}
	add("version", keyOf(source("norm"), target.options(), "12.9"))
	add("text", keyOf(source("embedding"), target.options(), "13.0"))
}

// TestNoCompiler: what is missing is named.
func TestNoCompiler(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, nvrtcNames[0])
	if err := os.WriteFile(path, []byte("no library"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := openNVRTC(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("a file that is no library: %v", err)
	}
	if c := nvrtc(t); c != nil {
		_, err := c.Compile("wrong.cu", "#line 1 \"wrong.cu\"\nint x = ;", []string{"--gpu-architecture=sm_90"})
		if err == nil || !strings.Contains(err.Error(), "wrong.cu(1)") {
			t.Errorf("a text with a fault: %v", err)
		}
	}
}
