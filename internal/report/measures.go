package report

import (
	"cmp"
	"slices"
	"strings"

	"gobert/internal/record"
)

// A Measure is a number of a record, as a panel shows it.
type Measure struct {
	Name  string // in the record
	Title string
	Unit  string // as in Panel
	Log   bool
	Zero  bool
	Held  string // what held-out data is called; "held out" by default
	Lines []Line

	exact bool // without noise, which smoothing would only bend
}

// measures are those that our trainer logs, the most important first.
func measures() []Measure {
	return []Measure{
		{Name: "loss", Title: "loss", Unit: "nats"},
		{Name: "mlm_loss", Title: "MLM loss", Unit: "nats"},
		{Name: "nsp_loss", Title: "NSP loss", Unit: "nats"},
		{Name: "mlm_accuracy", Title: "MLM accuracy", Unit: "%"},
		{Name: "nsp_accuracy", Title: "NSP accuracy", Unit: "%"},
		{Name: "accuracy", Title: "accuracy", Unit: "%"},
		{Name: "f1", Title: "F1", Unit: "%"},
		{Name: "exact_match", Title: "exact match", Unit: "%"},
		{Name: "perplexity", Title: "perplexity", Log: true},
		{Name: "learning_rate", Title: "learning rate", Zero: true, exact: true},
		{Name: "gradient_norm", Title: "gradient norm", Log: true},
		{Name: "tokens_per_second", Title: "speed", Unit: "tokens/s", Zero: true},
		{Name: "utilisation", Title: "model FLOPs utilisation", Unit: "%", Zero: true},
		{Name: "flops_per_second", Title: "speed", Unit: "FLOP/s", Zero: true},
		{Name: "memory", Title: "memory", Unit: "bytes", Zero: true},
		{Name: "data_wait", Title: "time waiting for data", Unit: "%", Zero: true},
		{Name: "seconds", Title: "time", Unit: "s", Zero: true, exact: true},
		{Name: "tokens", Title: "tokens", exact: true},
	}
}

// describe finds a measure, and guesses about one that is not known from the end of its name.
func describe(name string) Measure {
	list := measures()
	if i := place(name); i < len(list) && list[i].Name == name {
		return list[i]
	}
	m := Measure{Name: name, Title: strings.ReplaceAll(name, "_", " ")}
	for _, share := range []string{"accuracy", "f1", "precision", "recall"} {
		if strings.HasSuffix(name, share) {
			m.Unit = "%"
		}
	}
	return m
}

// place is where a measure stands among the panels: what is not known beside losses or behind accuracies.
func place(name string) int {
	find := func(name string) int {
		return slices.IndexFunc(measures(), func(m Measure) bool { return m.Name == name })
	}
	if i := find(name); i >= 0 {
		return i
	}
	if strings.HasSuffix(name, "loss") {
		return find("nsp_loss")
	}
	return find("perplexity")
}

// Machinery are the measures that every run has: learning rate, gradient norm, speed.
func Machinery() (list []Measure) {
	for _, name := range []string{"learning_rate", "gradient_norm", "tokens_per_second"} {
		m := describe(name)
		m.Title = strings.ToUpper(m.Title[:1]) + m.Title[1:]
		list = append(list, m)
	}
	return list
}

// all lists the measures of runs.
func all(runs []Run) (names []string) {
	for _, run := range runs {
		for _, kind := range []record.Kind{record.Step, record.Evaluation} {
			for _, name := range record.Names(run.Entries, kind) {
				if !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
		}
	}
	return names
}

// usual are the measures worth a panel, the most important first.
func usual(runs []Run) []string {
	hidden := []string{"tokens", "seconds", "progress", "flops_per_second", "memory", "data_wait", "sent_bytes", "step"}
	names := slices.DeleteFunc(all(runs), func(name string) bool { return slices.Contains(hidden, name) })
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(place(a), place(b)) })
	return names
}
