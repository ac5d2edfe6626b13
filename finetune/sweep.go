package finetune

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"gobert/data/labelled"
	"gobert/internal/disk"
	"gobert/internal/fault"
	"gobert/task"
	"gobert/train/run"
)

// Grid are the values that a sweep tries; an empty list leaves the job's own.
type Grid struct {
	LearningRates []float64
	Batches       []int
	Epochs        []float64
	Seeds         []uint64
}

// Runs is how many runs a grid has.
func (g Grid) Runs() int {
	return len(orOne(g.LearningRates, 0)) * len(orOne(g.Batches, 0)) * len(orOne(g.Epochs, 0)) * len(orOne(g.Seeds, 0))
}

// Validate returns the faults of the first combination that has any.
func (g Grid) Validate(s Settings, kind labelled.Kind) error {
	for _, cell := range cells(s, g) {
		if err := cell.settings.Validate(kind); err != nil {
			return err
		}
	}
	return nil
}

// Cell is one combination, with a run for each seed.
type Cell struct {
	Name            string    `json:"name"` // "lr=3e-05 batch=16"
	Results         []*Result `json:"runs"`
	Mean, Deviation float64   // of the deciding metric over the seeds; the sample's deviation
}

// Sweep is what came of a grid.
type Sweep struct {
	Metric string  `json:"metric"`
	Cells  []*Cell `json:"cells"`
	Best   *Result `json:"best"` // the best run of the cell with the best mean
}

// RunSweep does all runs of a grid one after another, each in a folder of its own below the job's, and makes the job's
// folder that of the best model. What is finished already is not done again. each is told before a run; it may be nil. A grid of one
// run without a seed of its own has no folders below the job's: it is that run, as [Train] does it.
func RunSweep(ctx context.Context, job Job, g Grid, each func(i, n int, name string)) (*Sweep, error) {
	alone := g.Runs() == 1 && len(g.Seeds) == 0
	if !alone && job.Ranks.Ranks != 0 {
		return nil, fault.Usage("{ranks} are for one run, not for a grid").Advise("each run of a grid by a command of its own")
	}
	if !alone {
		release, err := run.ClaimFolder(job.Out, job.Warn)
		if err != nil {
			return nil, err
		}
		defer release()
		if err := run.Vacant(job.Out, job.Resume != "", true); err != nil {
			return nil, err
		}
		job.Resume = "auto" // each run, wherever the grid stands
	}
	job.Complete()
	if err := job.Prepare(job.Log); err != nil {
		return nil, err
	}
	job.prepared = true
	s := &Sweep{}
	done := 0
	for _, cell := range cells(job.Settings, g) {
		c := &Cell{Name: cell.name}
		for _, seed := range orOne(g.Seeds, job.Seed) {
			one := job
			one.Settings = cell.settings
			one.Seed = seed
			one.Out = filepath.Join(job.Out, runName(cell.name, seed, len(g.Seeds) > 0))
			if each != nil {
				each(done, g.Runs(), filepath.Base(one.Out))
			}
			result, err := Train(ctx, one)
			if err != nil {
				return s, fmt.Errorf("%s: %w", filepath.Base(one.Out), err)
			}
			result.Data = nil // the run's own result.json has it
			c.Results = append(c.Results, result)
			done++
		}
		c.summarize()
		s.Cells = append(s.Cells, c)
	}
	return s, s.choose(job.Out)
}

type cell struct {
	name     string
	settings Settings
}

// cells lists the combinations.
func cells(s Settings, g Grid) (list []cell) {
	for _, rate := range orOne(g.LearningRates, s.LearningRate) {
		for _, batch := range orOne(g.Batches, s.Batch) {
			for _, epochs := range orOne(g.Epochs, s.Epochs) {
				var parts []string
				if len(g.LearningRates) > 1 {
					parts = append(parts, fmt.Sprintf("lr=%v", rate))
				}
				if len(g.Batches) > 1 {
					parts = append(parts, fmt.Sprintf("batch=%d", batch))
				}
				if len(g.Epochs) > 1 {
					parts = append(parts, fmt.Sprintf("epochs=%v", epochs))
				}
				one := s
				one.LearningRate, one.Batch, one.Epochs = rate, batch, epochs
				list = append(list, cell{strings.Join(parts, " "), one})
			}
		}
	}
	return list
}

// orOne is a list without its repetitions, or one value.
func orOne[T comparable](list []T, one T) (values []T) {
	if len(list) == 0 {
		return []T{one}
	}
	for _, x := range list {
		if !slices.Contains(values, x) {
			values = append(values, x)
		}
	}
	return values
}

// runName is the folder of a run.
func runName(cell string, seed uint64, seeds bool) string {
	name := strings.ReplaceAll(cell, " ", ",")
	if seeds {
		name = strings.TrimPrefix(name+",seed="+fmt.Sprint(seed), ",")
	}
	return name
}

func (c *Cell) summarize() {
	var values []float64
	for _, r := range c.Results {
		if v, ok := r.Score(); ok {
			values = append(values, v)
		}
	}
	c.Mean, c.Deviation = spread(values)
}

// spread is the mean and the sample's deviation.
func spread(values []float64) (mean, deviation float64) {
	for _, v := range values {
		mean += v / float64(len(values))
	}
	if len(values) < 2 {
		return mean, 0
	}
	for _, v := range values {
		deviation += (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(deviation / float64(len(values)-1))
}

// choose finds the best and makes the sweep's folder its own.
func (s *Sweep) choose(output string) error {
	var cell *Cell
	low := false
	for _, c := range s.Cells {
		s.Metric = c.Results[0].Metric
		low = task.LowIsBetter(s.Metric)
		if cell == nil || task.Better(c.Mean, cell.Mean, low) {
			cell = c
		}
	}
	for _, r := range cell.Results {
		if s.Best == nil {
			s.Best = r
			continue
		}
		mine, _ := r.Score()
		best, _ := s.Best.Score()
		if task.Better(mine, best, low) {
			s.Best = r
		}
	}
	if s.Best.Output != output {
		if err := run.Promote(s.Best.Output, output); err != nil {
			return err
		}
	}
	text, err := json.MarshalIndent(s, "", "  ")
	return errors.Join(err, disk.Write(filepath.Join(output, "sweep.json"), append(text, '\n')),
		disk.Write(filepath.Join(output, "sweep.md"), []byte(s.Markdown())))
}

// Table writes one line a combination.
func (s *Sweep) Table() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "settings\t%s mean\tdeviation\tbest\truns\tseconds\n", s.Metric)
	for _, row := range s.rows() {
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	_ = w.Flush() // a builder takes everything
	return b.String()
}

// Markdown is the table for a document.
func (s *Sweep) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "| settings | %s mean | deviation | best | runs | seconds |\n| --- | --- | --- | --- | --- | --- |\n", s.Metric)
	for _, row := range s.rows() {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(row, " | "))
	}
	return b.String()
}

func (s *Sweep) rows() (rows [][]string) {
	for _, c := range s.Cells {
		seconds, best := 0.0, math.NaN()
		for _, r := range c.Results {
			seconds += r.Seconds
			if v, ok := r.Score(); ok && (math.IsNaN(best) || task.Better(v, best, task.LowIsBetter(s.Metric))) {
				best = v
			}
		}
		name := c.Name
		if name == "" {
			name = "as given"
		}
		rows = append(rows, []string{
			name, fmt.Sprintf("%.4f", c.Mean), fmt.Sprintf("%.4f", c.Deviation), fmt.Sprintf("%.4f", best),
			fmt.Sprint(len(c.Results)), fmt.Sprintf("%.0f", seconds),
		})
	}
	return rows
}
