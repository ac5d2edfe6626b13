package finetune

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"

	"gobert/internal/disk"
	"gobert/internal/intake"
	"gobert/internal/settings"
	"gobert/task"
	"gobert/train/run"
)

// Result is what came of a run.
type Result struct {
	Output   string             `json:"-"`
	Settings Settings           `json:"settings"`
	Data     *Fingerprint       `json:"data,omitempty"` // what it was trained on
	Steps    int64              `json:"steps"`
	BestStep int64              `json:"best_step,omitempty"` // the step whose weights the folder holds
	Seconds  float64            `json:"seconds"`             // of training, evaluations included
	Metric   string             `json:"metric,omitempty"`    // that decides
	Metrics  map[string]float64 `json:"metrics,omitempty"`   // on dev, of the folder's weights
	order    []string           // of the measures
}

// Score is the deciding metric; ok is false without one.
func (r *Result) Score() (value float64, ok bool) {
	value, ok = r.Metrics[r.Metric]
	return value, ok
}

// Lines are the metrics for people, a line each.
func (r *Result) Lines() (lines []string) {
	for _, name := range r.order {
		lines = append(lines, fmt.Sprintf("%s\t%.4f", name, r.Metrics[name]))
	}
	return lines
}

func (r *Result) take(f *task.Findings) {
	r.Metrics = map[string]float64{}
	for _, v := range f.Measures {
		r.Metrics[v.Name] = v.Value
		r.order = append(r.order, v.Name)
	}
}

// write saves result.json, the last file of a run.
func (r *Result) write() error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return disk.Write(filepath.Join(r.Output, run.ResultFile), append(text, '\n'))
}

// finished reads the result of a run that was done before with the same settings on the same data; nil where none was.
func (j *Job) finished(data *Fingerprint) (*Result, error) {
	r, b, err := readResult(j.Out)
	if err != nil || r == nil {
		return nil, err
	}
	if err := j.same(b, data); err != nil {
		return nil, err
	}
	r.order = slices.Sorted(maps.Keys(r.Metrics))
	return r, nil
}

// readResult reads result.json in a folder, and what its run was begun with; nothing where there is none yet.
func readResult(folder string) (*Result, run.Begun, error) {
	path := filepath.Join(folder, run.ResultFile)
	text, err := intake.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, run.Begun{}, nil
	}
	r := &Result{Output: folder, Settings: Defaults()}
	var file struct {
		*Result
		Settings json.RawMessage `json:"settings"`
	}
	file.Result = r
	var b run.Begun
	if err == nil {
		err = json.Unmarshal(text, &file)
	}
	if err == nil {
		b, err = run.ReadBegun(text, run.FineTuning, path)
	}
	if err == nil {
		err = settings.Read(file.Settings, &r.Settings)
	}
	if err != nil {
		return nil, b, fmt.Errorf("finetune: reading %s: %w", path, err)
	}
	return r, b, nil
}
