package plot

import "strings"

// A measure is how a number of a record is shown.
type measure struct {
	title string
	share bool // 0..1, shown in per cent
	log   bool
	zero  bool
	order int // place among the panels
}

// describe knows the names that our trainer logs, and guesses about others from their ends.
func describe(name string) measure {
	known := map[string]measure{
		"loss":              {title: "loss (nats)", order: 0},
		"mlm_loss":          {title: "MLM loss (nats)", order: 1},
		"nsp_loss":          {title: "NSP loss (nats)", order: 2},
		"mlm_accuracy":      {title: "MLM accuracy (%)", share: true, order: 3},
		"nsp_accuracy":      {title: "NSP accuracy (%)", share: true, order: 4},
		"accuracy":          {title: "accuracy (%)", share: true, order: 5},
		"f1":                {title: "F1 (%)", share: true, order: 6},
		"exact_match":       {title: "exact match (%)", share: true, order: 6},
		"perplexity":        {title: "perplexity", log: true, order: 8},
		"learning_rate":     {title: "learning rate", zero: true, order: 9},
		"gradient_norm":     {title: "gradient norm", log: true, order: 10},
		"tokens_per_second": {title: "speed (real tokens/s)", zero: true, order: 11},
		"utilisation":       {title: "model FLOPs utilisation (%)", share: true, zero: true, order: 12},
		"flops_per_second":  {title: "speed (FLOP/s)", zero: true, order: 13},
		"memory":            {title: "memory (bytes)", zero: true, order: 14},
		"data_wait":         {title: "waiting for data (% of time)", share: true, zero: true, order: 15},
		"seconds":           {title: "time (s)", zero: true, order: 16},
	}
	if m, ok := known[name]; ok {
		return m
	}
	words := strings.ReplaceAll(name, "_", " ")
	switch {
	case strings.HasSuffix(name, "accuracy"), strings.HasSuffix(name, "f1"), strings.HasSuffix(name, "precision"), strings.HasSuffix(name, "recall"):
		return measure{title: words + " (%)", share: true, order: 7}
	case strings.HasSuffix(name, "loss"):
		return measure{title: words, order: 2}
	}
	return measure{title: words, order: 7}
}
