package intake

import (
	"strings"
	"testing"
)

// TestGrowing: a record that grows by chunks is refused when it is longer than any may be; a small one never is.
func TestGrowing(t *testing.T) {
	for length := 0; length < step; length += Chunk {
		if err := Growing(length, "line"); err != nil {
			t.Fatalf("at %d: %v", length, err)
		}
	}
	if err := Growing(Record+1, "line"); err == nil || !strings.Contains(err.Error(), "the line is longer than 256M, the limit of one line (hint: ") {
		t.Errorf("got %v", err)
	}
}
