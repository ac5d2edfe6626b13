package badinput

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// shell is a script in which a process is started under hard conditions: "$@" is the command, $DIR the row's folder. A
// machine that cannot do what the script needs fails at the probe, and the row is skipped.
type shell struct {
	script, probe string
	until         string // a pipe, in $DIR: SIGTERM comes when the process has opened it
	alone         bool   // a process answers one row, and ends with it
}

// What a process may suffer from. The limits leave LibTorch what it needs to start.
var (
	memory      = shell{script: `ulimit -v 3000000; exec "$@"`, alone: true}
	endless     = shell{script: `ulimit -v 4000000; exec "$@"`}
	waiting     = shell{script: `exec "$@"`, until: "pipe.txt", alone: true}
	smallest    = shell{script: `ulimit -f 0; exec "$@"`}
	fullDisk    = tiny(`&& echo full >"$DIR/full/` + filler + `"`)
	fillingDisk = tiny("")
	noRights    = shell{script: `if [ "$(id -u)" = 0 ]; then exec setpriv --bounding-set=-dac_override,-dac_read_search "$@"; else exec "$@"; fi`}
)

// filler is the file that fills a disk.
const filler = "filler"

// tiny gives the process a disk of one page, for itself alone.
func tiny(used string) shell {
	return shell{
		script: `exec unshare -m sh -c 'mkdir "$DIR/full" && mount -t tmpfs -o size=4k none "$DIR/full" ` + used + ` && exec "$@"' sh "$@"`,
		probe:  `unshare -m mount -t tmpfs -o size=4k none /mnt`,
	}
}

// hardships are what a process suffers from its machine.
func hardships() (rows []Row) {
	under := func(s shell, name, of, says string, bad func(w *World) string) {
		rows = append(rows, Row{Name: name, Of: of, Code: anyFailure, Says: says, First: true, Shared: s.until != "", Through: &s, Make: bad})
	}
	for of := range strings.SplitSeq(inputs, "|") {
		under(endless, of+" is the zero device", of, "", func(*World) string { return "/dev/zero" })
		if of != "config" { // which is read before the command listens to signals: the system ends it then
			under(waiting, of+" is a pipe that nobody writes to", of, "", func(w *World) string {
				path := filepath.Join(w.Dir, waiting.until)
				w.must(syscall.Mkfifo(path, 0o644))
				return path
			})
		}
		under(noRights, of+" may not be read", of, "permission denied", func(w *World) string {
			path := w.Copy(of)
			w.must(os.Chmod(path, 0))
			w.t.Cleanup(func() { _ = os.Chmod(path, 0o755) })
			return path
		})
	}
	for of, name := range outputs() {
		under(noRights, of+" in a folder that may not be written", of, "permission denied", func(w *World) string {
			w.must(os.Mkdir(filepath.Join(w.Dir, "closed"), 0o555))
			return filepath.Join(w.Dir, "closed", name)
		})
		under(fullDisk, of+" on a full disk", of, "no space left on device", func(w *World) string { return filepath.Join(w.shared, "full", name) })
		if of != "json" && of != "log" { // which have less than a page
			under(fillingDisk, of+" on a disk that fills up", of, "no space left on device", func(w *World) string { return filepath.Join(w.shared, "full", name) })
		}
		under(smallest, of+" larger than a file may be", of, "file too large", func(w *World) string { return filepath.Join(w.Dir, name) })
	}
	return rows
}

// under is a process of the command under a shell's conditions. It is found by its name: see [Command.Tests].
func (c *Command) under(s *shell, dir string, args []string) *exec.Cmd {
	cmd := exec.Command("sh", append([]string{"-c", s.script, "sh", c.Name}, args...)...)
	cmd.Env = append(os.Environ(), "DIR="+dir, "OMP_NUM_THREADS=1")
	return cmd
}

// probed skips a row whose conditions the machine cannot make.
func (s *shell) probed(t *testing.T) {
	if s.probe == "" {
		return
	}
	if said, err := exec.Command("sh", "-c", s.probe).CombinedOutput(); err != nil {
		t.Skipf("this machine cannot do it: %s: %s", s.probe, bytes.TrimSpace(said))
	}
}

// process calls the command as a process of its own.
func (c *Command) process(t *testing.T, s *shell, dir string, args []string) answer {
	t.Helper()
	cmd := c.under(s, dir, args)
	var out, talk strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &talk
	if err := cmd.Start(); err != nil {
		t.Fatal(fmt.Errorf("%s: %w", s.script, err))
	}
	hung := time.AfterFunc(hangs, func() { _ = cmd.Process.Kill() })
	defer hung.Stop()
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	if s.until != "" {
		if pipe := opened(filepath.Join(dir, s.until), ended); pipe != nil {
			defer pipe.Close()
			_ = cmd.Process.Signal(syscall.SIGTERM)
		}
	}
	var exited *exec.ExitError
	if err := <-ended; err != nil && !errors.As(err, &exited) {
		t.Fatal(fmt.Errorf("%s: %w", s.script, err))
	}
	return answer{cmd.ProcessState.ExitCode(), out.String(), talk.String(), cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
}

// opened waits until somebody reads from a pipe, and gives its other end; nil where the process ended before.
func opened(pipe string, ended chan error) *os.File {
	for {
		if f, err := os.OpenFile(pipe, os.O_WRONLY|syscall.O_NONBLOCK, 0); err == nil {
			return f
		}
		select {
		case err := <-ended:
			ended <- err
			return nil
		case <-time.After(5 * time.Millisecond):
		}
	}
}
