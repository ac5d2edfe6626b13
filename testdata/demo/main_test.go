package main

import (
	"os"
	"testing"
)

// TestTextsAreWhatTheProgramWrites holds the committed texts to their generator.
func TestTextsAreWhatTheProgramWrites(t *testing.T) {
	for name, want := range files() {
		got, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("%s differs from what this program writes (hint: go run ./testdata/demo -out testdata/demo)", name)
		}
	}
}
