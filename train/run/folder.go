package run

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"gobert/internal/disk"
	"gobert/internal/fault"
	"gobert/internal/record"
	"gobert/internal/ui"
	"gobert/train"
)

// The files of a run's folder beside those of package train and the record.
const (
	ConfigFile = "run.json"    // what a run of pretraining was told
	ResultFile = "result.json" // what came of a run of fine-tuning, which is finished then
)

// Claim makes the folder that the settings name this process's own, and clean of what a killed run left, until [Run.Close]. Of several
// ranks the first does so for all.
func Claim[B, C any](c *Config, talk train.Talk) (*Run[B, C], error) {
	talk.Complete()
	place, err := c.find()
	if err != nil {
		return nil, err
	}
	r := &Run[B, C]{Config: c, Talk: talk, place: place}
	if !r.Leads() {
		r.Talk = silent(talk)
	}
	if c.Out == "" || !r.Leads() {
		return r, nil // a fault that the check of the settings names with the others
	}
	release, err := ClaimFolder(c.Out, talk.Warn)
	if err == nil {
		r.Defer(func() error { release(); return nil })
	}
	return r, err
}

// ClaimFolder is [Claim] for what holds runs itself, such as a grid.
func ClaimFolder(out string, warn func(message string)) (release func(), err error) {
	lock, err := disk.Claim(out, warn, train.CheckpointsFolder, train.BestFolder)
	switch {
	case disk.IsHeld(err):
		return nil, fault.New("{out}: %w", err)
	case err != nil:
		return nil, fault.Usage("{out}: %w", err)
	}
	return lock.Release, nil
}

// Vacant refuses a folder where no run, or grid of runs, may begin. One that goes on may find what an earlier process left that was
// stopped before its first checkpoint. A folder of runs is no run, and a run is no grid.
func Vacant(out string, goesOn, grid bool) error {
	entries, err := disk.Content(out)
	if err != nil {
		return fault.New("{out}: %w", err)
	}
	if grid {
		entries = slices.DeleteFunc(entries, func(e os.DirEntry) bool { return isClaimedOnly(filepath.Join(out, e.Name())) })
	}
	holds := slices.ContainsFunc(entries, func(e os.DirEntry) bool { return holdsRun(filepath.Join(out, e.Name())) })
	if !grid {
		holds = !holds && holdsRun(out) // a finished grid has the record of its best run
	}
	switch {
	case len(entries) == 0:
		return nil
	case disk.IsThere(filepath.Join(out, ResultFile)):
		return fault.Usage("{out}: %s holds a finished run", out).Advise("give another {out}, or remove it")
	case !holds:
		return fault.Usage("{out}: %s holds something else", out).Advise("give a new folder")
	case !goesOn:
		return fault.Usage("{out}: %s holds another run", out).Advise("{resume} auto goes on with it; otherwise give a new folder")
	}
	return nil
}

// holdsRun says whether a run was begun in a folder.
func holdsRun(folder string) bool {
	return slices.ContainsFunc([]string{ConfigFile, ResultFile, record.FileName, train.CheckpointsFolder}, func(name string) bool { return disk.IsThere(filepath.Join(folder, name)) })
}

// isClaimedOnly says whether a folder holds nothing but the lock of a run that was killed while it opened its model.
func isClaimedOnly(folder string) bool {
	content, err := disk.Content(folder)
	return err == nil && len(content) == 0 && disk.IsThere(filepath.Join(folder, disk.LockName))
}

// sameFolder says whether two paths are of one folder.
func sameFolder(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}

// Promote gives the files of a model to another folder, such as those of a checkpoint to the run's own, one by one: the weights
// last, so that a folder with weights has all else. Links cost no space, and outlive what they were made from. What says how a run
// went, and not what the model is, stays behind.
func Promote(from, to string) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return fmt.Errorf("run: %w", err)
	}
	stays := func(name string) bool {
		return slices.Contains([]string{train.StateFile, train.OptimizerFile, train.BestFile, ResultFile}, name) || strings.HasPrefix(name, "events.out")
	}
	for _, weights := range []bool{false, true} {
		for _, e := range entries {
			if e.IsDir() || stays(e.Name()) || (filepath.Ext(e.Name()) == ".safetensors") != weights {
				continue
			}
			if err := disk.Link(filepath.Join(from, e.Name()), filepath.Join(to, e.Name())); err != nil {
				return fmt.Errorf("run: putting the model into %s: %w", to, err)
			}
		}
	}
	return nil
}

// RoomFor refuses a run whose first checkpoints the disk could not take: an old one goes only after a new one is whole.
func RoomFor(out string, checkpoint int64) error {
	var s unix.Statfs_t
	told := unix.Statfs(out, &s) == nil // a file system that does not tell leaves it to the first save
	if left := int64(s.Bavail) * s.Bsize; told && left < 2*checkpoint {
		return fault.New("{out}: %s are left on the disk of %s, two checkpoints take %s", ui.Bytes(left), out, ui.Bytes(2*checkpoint)).
			Advise("make room, or give another folder")
	}
	return nil
}
