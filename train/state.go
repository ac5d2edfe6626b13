package train

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"gobert/internal/disk"
	"gobert/internal/intake"
)

// State is what a run needs to go on, beside weights and moments. It is the last file written into a checkpoint, and lists
// the others, so that a checkpoint that was cut is never taken for whole.
type State struct {
	Format   int             `json:"format,omitempty"` // of the file; see seal
	Step     int64           `json:"step"`
	Tokens   int64           `json:"tokens"`
	Elapsed  time.Duration   `json:"elapsed"`
	Cursor   json.RawMessage `json:"cursor"`
	Updates  int64           `json:"updates"` // of the optimizer: steps without those left out
	Scaler   Scaler          `json:"scaler"`
	Best     *Best           `json:"best,omitempty"`
	Waiting  int             `json:"waiting,omitempty"` // evaluations since the best
	Measured int64           `json:"measured"`          // step of the last evaluation
	Meter    []Sum           `json:"meter,omitempty"`   // what was measured since the last report
	Settings Settings        `json:"settings"`
	Extra    json.RawMessage `json:"extra,omitempty"` // the command's own settings
	Files    map[string]File `json:"files"`
}

// Best is the best evaluation so far.
type Best struct {
	Step  int64   `json:"step"`
	Value float64 `json:"value"`
}

// File is what a file of a checkpoint must look like.
type File = disk.Sum

// identity is all of a state but how long the run took to get there and what the files look like: a run that comes to the same
// state twice has nothing new to save.
func (s State) identity() string {
	s.Format, s.Elapsed, s.Files = 0, 0, nil
	text, _ := json.Marshal(s) // writing it says what has no JSON form
	return string(text)
}

// StateFile is the name of the state in a checkpoint.
const StateFile = "state.json"

// describe measures all files of a checkpoint's folder.
func describe(folder string) (map[string]File, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	paths := make([]string, len(entries))
	for i, e := range entries {
		paths[i] = filepath.Join(folder, e.Name())
	}
	sums, err := disk.Sums(context.Background(), paths, nil)
	files := map[string]File{}
	for i, e := range entries {
		files[e.Name()] = sums[i]
	}
	return files, err
}

// write saves the state as the last file of a checkpoint.
func (s State) write(folder string) error {
	var err error
	if s.Files, err = describe(folder); err != nil {
		return err
	}
	text, err := s.seal()
	if err != nil {
		return err
	}
	return disk.Write(filepath.Join(folder, StateFile), text)
}

// ReadState reads a checkpoint's state, holds it against its checksum, and every file against what it says.
func ReadState(folder string) (State, error) {
	path := filepath.Join(folder, StateFile)
	text, err := intake.ReadFile(path)
	if err != nil {
		return State{}, fmt.Errorf("train: %s is no checkpoint of a run: %w", folder, err)
	}
	broken := func(err error) error { return fmt.Errorf("train: checkpoint %s is not whole: %w", folder, err) }
	s, err := unseal(text)
	if err != nil {
		return State{}, broken(fmt.Errorf("%s: %w", StateFile, err))
	}
	if step, ok := stepOf(folder); ok && step != s.Step {
		return State{}, broken(fmt.Errorf("%s is of step %d, not of the folder's", StateFile, s.Step))
	}
	var faults []error
	for name, want := range s.Files {
		if name != filepath.Base(name) {
			faults = append(faults, broken(fmt.Errorf("%s lists %q, which is no file of it", StateFile, name)))
			continue
		}
		got, err := disk.Sums(context.Background(), []string{filepath.Join(folder, name)}, nil)
		switch {
		case err != nil:
			faults = append(faults, broken(err))
		case got[0] != want:
			faults = append(faults, broken(fmt.Errorf("%s has %d bytes with checksum %s, expected %d with %s", name, got[0].Size, got[0].CRC32C, want.Size, want.CRC32C)))
		}
	}
	return s, errors.Join(faults...)
}

// stepOf reads the step from the name of a checkpoint's folder; ok is false where a person gave it another name.
func stepOf(folder string) (step int64, ok bool) {
	digits, ok := strings.CutPrefix(filepath.Base(folder), stepPrefix)
	step, err := strconv.ParseInt(digits, 10, 64)
	return step, ok && err == nil
}
