package main

import (
	"encoding/json"
	"math"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// near is the scripts' command "near GOT WANT": JSON Lines are the same, numbers but for 1e-6 of them.
func near(ts *testscript.TestScript, _ bool, args []string) {
	got, want := strings.Split(ts.ReadFile(args[0]), "\n"), strings.Split(ts.ReadFile(args[1]), "\n")
	if len(got) != len(want) || len(want) < 2 {
		ts.Fatalf("%d lines, expected %d", len(got), len(want))
	}
	for i, line := range want[:len(want)-1] {
		var a, b any
		ts.Check(json.Unmarshal([]byte(got[i]), &a))
		ts.Check(json.Unmarshal([]byte(line), &b))
		if !nearly(a, b) {
			ts.Fatalf("line %d: %s, expected %s", i+1, got[i], line)
		}
	}
}

func nearly(a, b any) bool {
	switch want := b.(type) {
	case float64:
		got, ok := a.(float64)
		return ok && math.Abs(got-want) <= 1e-6*max(1, math.Abs(want))
	case []any:
		got, ok := a.([]any)
		for i := 0; ok && len(got) == len(want) && i < len(want); i++ {
			ok = nearly(got[i], want[i])
		}
		return ok && len(got) == len(want)
	case map[string]any:
		got, ok := a.(map[string]any)
		for key := range want {
			ok = ok && nearly(got[key], want[key])
		}
		return ok && len(got) == len(want)
	}
	return a == b
}
