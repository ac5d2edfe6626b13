package table

import (
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"gobert/data/labelled"
	"gobert/data/textfile"
)

// TestLiveRowsAreGivenWhenTheyCome: the writer goes on only when its row was read, so that whoever waited for more would wait
// for ever.
func TestLiveRowsAreGivenWhenTheyCome(t *testing.T) {
	for name, row := range map[string]string{"text": "row %d\n", "JSON Lines": `{"text": "row %d"}` + "\n"} {
		t.Run(name, func(t *testing.T) {
			in, out := io.Pipe()
			taken := make(chan bool)
			go func() {
				for i := range 3 {
					fmt.Fprintf(out, row, i)
					<-taken
				}
				out.Close()
			}()
			r, err := Read("pipe", textfile.NewLive(t.Context(), in, 10*time.Millisecond), labelled.Classify, Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			for i := 0; i < 3; {
				e, err := r.Next()
				if errors.Is(err, labelled.ErrPause) {
					continue
				}
				if want := fmt.Sprintf("row %d", i); err != nil || e.Text != want {
					t.Fatalf("got %q, %v, want %q", e.Text, err, want)
				}
				i++
				taken <- true
			}
			for err = labelled.ErrPause; errors.Is(err, labelled.ErrPause); {
				_, err = r.Next()
			}
			if !errors.Is(err, io.EOF) {
				t.Errorf("at the end: %v", err)
			}
		})
	}
}
