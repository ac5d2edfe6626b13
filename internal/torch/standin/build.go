package standin

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"

	gpukernels "gobert/internal/torch/cuda"
)

//go:embed cuda
var sources embed.FS

const (
	compiler    = "g++"
	cudaLibrary = "libtorch_cuda.so"
	cpuLibrary  = "libtorch_cpu.so"
	driver      = "libcuda.so.1"
	nvrtc       = "libnvrtc.so.13"
	nccl        = "libnccl.so.2"
)

// alone are the files that make a library by themselves; all others make LibTorch's.
var alone = map[string]string{"driver.cpp": filepath.Join(withCUDA, driver), "nvrtc.cpp": filepath.Join(withCUDA, nvrtc), "nccl.cpp": filepath.Join(withCUDA, nccl)}

var flags = []string{"-std=c++17", "-O2", "-w", "-fPIC", "-D_GLIBCXX_USE_CXX11_ABI=1"}

// libraryFolder is where the libraries lie. They are compiled when they are asked for the first time, which takes some twenty seconds
// of processor time, and then kept in the user's cache.
var libraryFolder = sync.OnceValues(func() (string, error) {
	libraries, err := libTorch()
	if err != nil {
		return "", err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("standin: %w", err)
	}
	sum := sha256.New()
	fmt.Fprintln(sum, libraries, flags)
	for _, from := range []fs.FS{sources, gpukernels.HostBuild()} {
		if err := fs.WalkDir(from, ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := fs.ReadFile(from, path)
			fmt.Fprintln(sum, path, len(text))
			sum.Write(text)
			return err
		}); err != nil {
			return "", fmt.Errorf("standin: %w", err)
		}
	}
	all := filepath.Join(cache, "gobert", "standin")
	if err := os.MkdirAll(all, 0o755); err != nil {
		return "", fmt.Errorf("standin: %w", err)
	}
	folder := filepath.Join(all, fmt.Sprintf("%.8x", sum.Sum(nil)))
	return folder, once(all, folder, func(fresh string) error { return build(fresh, libraries) })
})

// libTorch is the folder of the libraries that this process has loaded, or would load if it used any.
func libTorch() (string, error) {
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		return "", fmt.Errorf("standin: %w", err)
	}
	for line := range strings.Lines(string(maps)) {
		if at := strings.IndexByte(line, '/'); at >= 0 && strings.HasSuffix(strings.TrimSpace(line), "/"+cpuLibrary) {
			return filepath.Dir(strings.TrimSpace(line[at:])), nil
		}
	}
	if folder := os.Getenv("GOBERT_LIBTORCH"); folder != "" {
		return filepath.Join(folder, "lib"), nil
	}
	return "", errors.New("standin: this program has no LibTorch")
}

// once makes a folder if it is not there. Tests of several packages may ask at the same time: one makes it, the others wait.
func once(all, folder string, fill func(fresh string) error) error {
	lock, err := os.Create(filepath.Join(all, "lock"))
	if err != nil {
		return fmt.Errorf("standin: %w", err)
	}
	defer lock.Close()
	if err := unix.Flock(int(lock.Fd()), unix.LOCK_EX); err != nil {
		return fmt.Errorf("standin: %w", err)
	}
	if _, err := os.Stat(folder); err == nil {
		return nil
	}
	fresh, err := os.MkdirTemp(all, "building-")
	if err != nil {
		return fmt.Errorf("standin: %w", err)
	}
	defer func() { _ = os.RemoveAll(fresh) }()
	if err := fill(fresh); err != nil {
		return err
	}
	if err := os.Rename(fresh, folder); err != nil {
		return fmt.Errorf("standin: %w", err)
	}
	return nil
}

// A folder of the cache holds two others: withCUDA is as that of a LibTorch with CUDA, withoutCUDA as that of one without, on
// a machine that has a driver all the same.
const withCUDA, withoutCUDA = "cuda", "cpu"

// build compiles the libraries into a folder, two files at a time, and links LibTorch's beside them. LibTorch's headers take most of
// the compiler's time: what includes them is compiled as one file, so that they are read once.
func build(folder, libraries string) error {
	objects, err := os.MkdirTemp("", "standin-")
	if err != nil {
		return fmt.Errorf("standin: %w", err)
	}
	defer func() { _ = os.RemoveAll(objects) }()
	kernels := filepath.Join(objects, "kernels")
	if err := errors.Join(os.CopyFS(objects, sources), os.CopyFS(kernels, gpukernels.HostBuild())); err != nil {
		return fmt.Errorf("standin: %w", err)
	}
	files, err := filepath.Glob(filepath.Join(objects, "cuda", "*.cpp"))
	if err != nil {
		return fmt.Errorf("standin: %w", err)
	}
	host := filepath.Join(kernels, "host")
	var joined strings.Builder
	files = slices.DeleteFunc(files, func(file string) bool {
		name := filepath.Base(file)
		if alone[name] == "" {
			fmt.Fprintf(&joined, "#include %q\n", name)
		}
		return alone[name] == ""
	})
	together := filepath.Join(objects, "cuda", "together.cpp")
	if err := os.WriteFile(together, []byte(joined.String()), 0o600); err != nil {
		return fmt.Errorf("standin: %w", err)
	}
	files = append(files, together)
	for _, name := range []string{"kernels.cpp", "block.cpp", "traffic.cpp"} {
		files = append(files, filepath.Join(host, name))
	}
	include := filepath.Join(filepath.Dir(libraries), "include")
	of := []string{"libtorch_cuda", "libnvrtc", "libnccl"} // a LibTorch that has CUDA
	for _, name := range []string{withCUDA, withoutCUDA} {
		if err := beside(filepath.Join(folder, name), libraries, of...); err != nil {
			return err
		}
	}
	var linked []string
	var jobs errgroup.Group
	jobs.SetLimit(2)
	for _, file := range files {
		if library, ok := alone[filepath.Base(file)]; ok {
			jobs.Go(func() error {
				return run(append(flags, "-shared", file, "-o", filepath.Join(folder, library))...)
			})
			continue
		}
		linked = append(linked, file+".o")
		jobs.Go(func() error {
			return run(append(flags, "-I"+include, "-I"+filepath.Join(include, "torch", "csrc", "api", "include"), "-I"+host, "-c", file, "-o", file+".o")...)
		})
	}
	if err := jobs.Wait(); err != nil {
		return err
	}
	link := append([]string{"-shared", "-o", filepath.Join(folder, withCUDA, cudaLibrary), "-L" + libraries, "-Wl,--no-as-needed"}, linked...)
	if err := run(append(link, "-lc10", "-ltorch_cpu")...); err != nil {
		return err
	}
	if err := os.Symlink(filepath.Join("..", withCUDA, driver), filepath.Join(folder, withoutCUDA, driver)); err != nil {
		return fmt.Errorf("standin: %w", err)
	}
	return nil
}

// beside makes a folder with the libraries of another one but for some, so that ours, when they are put there, lie beside them.
func beside(folder, libraries string, but ...string) error {
	if err := os.Mkdir(folder, 0o755); err != nil {
		return fmt.Errorf("standin: %w", err)
	}
	entries, err := os.ReadDir(libraries)
	if err != nil {
		return fmt.Errorf("standin: %w", err)
	}
	for _, e := range entries {
		if slices.ContainsFunc(but, func(name string) bool { return strings.HasPrefix(e.Name(), name) }) {
			continue
		}
		if err := os.Symlink(filepath.Join(libraries, e.Name()), filepath.Join(folder, e.Name())); err != nil {
			return fmt.Errorf("standin: %w", err)
		}
	}
	return nil
}

func run(arguments ...string) error {
	command := exec.Command(compiler, arguments...)
	var complaint bytes.Buffer
	command.Stderr = &complaint
	if err := command.Run(); err != nil {
		return fmt.Errorf("standin: %s %s: %w\n%s", compiler, strings.Join(arguments, " "), err, complaint.String())
	}
	return nil
}
