package record

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func entry(step int64, values ...float64) Entry {
	e := Entry{Kind: Step, Step: step}
	for i, v := range values {
		e.Values = append(e.Values, Value{Name: string(rune('a' + i)), Value: v})
	}
	return e
}

// TestLine: the form of a line is fixed, and it reads back as it was.
func TestLine(t *testing.T) {
	tests := []struct {
		entry Entry
		want  string
	}{
		{
			Entry{Kind: Step, Step: 100, Values: []Value{{Name: "loss", Value: 7.31}, {Name: "learning_rate", Value: 1e-4}}, Timing: []Value{{Name: "seconds", Value: 2}, {Name: "loss_s", Value: 0}}},
			`{"kind":"step","step":100,"loss":7.31,"learning_rate":0.0001,"timing":{"seconds":2,"loss_s":0}}`,
		},
		{Entry{Kind: Event, Step: 3, Text: "saved \"x\"\n\u00e4"}, `{"kind":"event","step":3,"text":"saved \"x\"\n` + "\u00e4" + `"}`},
		{
			Entry{Kind: Evaluation, Values: []Value{{Name: "a", Value: 1e-7}, {Name: "b", Value: 1e21}, {Name: "c", Value: 123456789.125}, {Name: "d", Value: math.Copysign(0, -1)}}},
			`{"kind":"evaluation","step":0,"a":1e-07,"b":1e+21,"c":123456789.125,"d":-0}`,
		},
		{
			Entry{Kind: Step, Values: []Value{{Name: "a", Value: math.Inf(1)}, {Name: "b", Value: math.Inf(-1)}}},
			`{"kind":"step","step":0,"a":"Infinity","b":"-Infinity"}`,
		},
	}
	for _, c := range tests {
		line := string(c.entry.AppendLine(nil))
		if line != c.want+"\n" {
			t.Errorf("got  %swant %s", line, c.want)
		}
		if got, err := ParseLine([]byte(line)); err != nil || !reflect.DeepEqual(got, c.entry) {
			t.Errorf("%s: reads back as %+v, %v", c.want, got, err)
		}
	}
	nan, err := ParseLine([]byte(`{"kind":"step","step":1,"a":"NaN","unknown":{"x":[1]},"note":"text","b":2}`))
	if err != nil || len(nan.Values) != 2 || !math.IsNaN(nan.Values[0].Value) || nan.Values[1] != (Value{Name: "b", Value: 2}) {
		t.Errorf("NaN and unknown members: %+v, %v", nan, err)
	}
}

// FuzzFloat: every number that is one comes back with the same bits.
func FuzzFloat(f *testing.F) {
	for _, v := range []float64{0, 0.1, 1e-6, 1e21, math.MaxFloat64, math.SmallestNonzeroFloat64, -1.0 / 3} {
		f.Add(math.Float64bits(v))
	}
	f.Fuzz(func(t *testing.T, bits uint64) {
		v := math.Float64frombits(bits)
		got, err := ParseLine(entry(1, v).AppendLine(nil))
		if err != nil {
			t.Fatal(err)
		}
		if back := got.Values[0].Value; math.Float64bits(back) != bits && !(math.IsNaN(v) && math.IsNaN(back)) {
			t.Errorf("%v came back as %v", v, back)
		}
	})
}

// FuzzParseLine: whatever a line holds, reading does not panic, and what was read is written and read the same.
func FuzzParseLine(f *testing.F) {
	f.Add([]byte(`{"kind":"step","step":100,"loss":7.31,"timing":{"seconds":2}}`))
	f.Add([]byte(`{"kind":"step","step":1,"a":"NaN","x":{"y":[{}]}} {`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, line []byte) {
		e, err := ParseLine(line)
		if err != nil {
			return
		}
		first := e.AppendLine(nil)
		again, err := ParseLine(first)
		if err != nil || !bytes.Equal(again.AppendLine(nil), first) {
			t.Errorf("%q becomes %q, then %+v, %v", line, first, again, err)
		}
	})
}

func TestBadEntries(t *testing.T) {
	w, err := Open(t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for want, e := range map[string]Entry{
		`kind is "x"`:                     {Kind: "x"},
		"step is -1":                      entry(-1),
		"has no name":                     {Kind: Step, Values: []Value{{}}},
		`no value can be named "step"`:    {Kind: Step, Values: []Value{{Name: "step", Value: 1}}},
		`two values are named "a"`:        {Kind: Step, Values: []Value{{Name: "a", Value: 1}, {Name: "a", Value: 2}}},
		`of step 7: two values are named`: {Kind: Step, Step: 7, Values: []Value{{Name: "a", Value: 1}}, Timing: []Value{{Name: "a", Value: 2}}},
	} {
		if err := w.Append(e); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
}

func write(t *testing.T, l *Log, entries ...Entry) {
	t.Helper()
	for _, e := range entries {
		if err := l.Append(e); err != nil {
			t.Fatal(err)
		}
	}
}

// TestResume kills a run all over its record and resumes it from every checkpoint before: what lasts is the same as
// of a run that was never stopped.
func TestResume(t *testing.T) {
	var whole []Entry
	for step := int64(1); step <= 6; step++ {
		e := entry(step, 1/float64(step), math.Sqrt(float64(step)))
		e.Timing = []Value{{Name: "seconds", Value: float64(step)}}
		whole = append(whole, e)
		if step%2 == 0 {
			whole = append(whole, Entry{Kind: Evaluation, Step: step, Values: []Value{{Name: "loss", Value: float64(step)}}}, Entry{Kind: Event, Step: step, Text: "saved"})
		}
	}
	var text []byte
	ends := map[int64]int{} // of the lines up to a step
	for _, e := range whole {
		text = e.AppendLine(text)
		if e.Kind != Event {
			ends[e.Step] = len(text)
		}
	}
	want := encode(Lasting(whole))
	for cut := 0; cut <= len(text); cut += 11 { // every byte passes too, but syncs for half a minute
		for checkpoint := int64(0); checkpoint <= 6; checkpoint += 2 {
			if ends[checkpoint] > cut {
				continue // it is saved after its lines are written
			}
			folder := t.TempDir()
			if err := os.WriteFile(filepath.Join(folder, FileName), text[:cut], 0o644); err != nil {
				t.Fatal(err)
			}
			l, err := Open(folder, Options{Resume: true, Step: checkpoint})
			if err != nil {
				t.Fatalf("cut at %d, checkpoint %d: %v", cut, checkpoint, err)
			}
			write(t, l, Entry{Kind: Event, Step: checkpoint, Text: "resumed"})
			for _, e := range whole {
				// The last evaluation of a run that had ended is made again.
				if e.Step > checkpoint || e.Step == 6 && e.Kind == Evaluation {
					e.Timing = []Value{{Name: "seconds", Value: float64(cut)}}
					write(t, l, e)
				}
			}
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			got, err := Read(folder)
			if err != nil {
				t.Fatal(err)
			}
			if lasting := encode(Lasting(got)); lasting != want {
				t.Fatalf("cut at %d, checkpoint %d: got\n%swant\n%s", cut, checkpoint, lasting, want)
			}
			if files, _ := os.ReadDir(folder); len(files) != 1 {
				t.Fatalf("left behind: %v", files)
			}
		}
	}
}

func encode(entries []Entry) string {
	var text []byte
	for _, e := range entries {
		text = e.AppendLine(text)
	}
	return string(text)
}

func TestRead(t *testing.T) {
	line := `{"kind":"step","step":1,"a":1}`
	tests := []struct {
		name, text string
		entries    int
		fault      string
	}{
		{"empty", "", 0, ""},
		{"whole", line + "\n" + line + "\n", 2, ""},
		{"without a last newline", line + "\n" + line, 2, ""},
		{"blank lines and carriage returns", "\n" + line + "\r\n\n" + line + "\r\n", 2, ""},
		{"torn", line + "\n" + line[:20], 1, ""},
		{"torn at once", line[:5], 0, ""},
		{"damaged in the middle", line + "\n" + line[:20] + "\n" + line + "\n", 1, "line 2: "},
		{"another file", "step,loss\n1,2\n", 0, "line 1: "},
		{"an unknown kind", `{"kind":"x","step":1}` + "\n", 0, `kind is "x"`},
	}
	for _, c := range tests {
		folder := t.TempDir()
		path := filepath.Join(folder, FileName)
		if err := os.WriteFile(path, []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		for _, p := range []string{path, folder} {
			entries, err := Read(p)
			if len(entries) != c.entries || (err == nil) != (c.fault == "") || err != nil && (!strings.Contains(err.Error(), c.fault) || !strings.Contains(err.Error(), path)) {
				t.Errorf("%s: %d entries, error %v; want %d, %q", c.name, len(entries), err, c.entries, c.fault)
			}
		}
	}
	if _, err := Read(filepath.Join(t.TempDir(), "run")); err == nil || !strings.Contains(err.Error(), "hint: ") {
		t.Errorf("a run that is not there: %v", err)
	}
}

// TestOpen: a new run does not write over another's record; one whose record is lost begins a new one.
func TestOpen(t *testing.T) {
	folder := t.TempDir()
	for i, o := range []Options{{Resume: true, Step: 5}, {}} {
		l, err := Open(folder, o)
		if failed := err != nil; failed != (i == 1) {
			t.Errorf("opening number %d: %v", i, err)
		}
		if err == nil {
			write(t, l, entry(6, 1))
			_ = l.Close()
		} else if !strings.Contains(err.Error(), "record of another run (hint: ") {
			t.Error(err)
		}
	}
	if _, err := Open(filepath.Join(folder, "missing"), Options{}); err == nil {
		t.Error("a folder that is not there is no error")
	}
}

// TestARecordThatWasRemovedIsSaid: whoever removes the folder of a run that goes on hears of it at the next checkpoint.
func TestARecordThatWasRemovedIsSaid(t *testing.T) {
	folder := t.TempDir()
	l, err := Open(folder, Options{})
	if err != nil {
		t.Fatal(err)
	}
	write(t, l, entry(6, 1))
	if err := l.Sync(); err != nil {
		t.Error(err)
	}
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	for what, err := range map[string]error{"sync": l.Sync(), "close": l.Close()} {
		if err == nil || !strings.Contains(err.Error(), filepath.Join(folder, FileName)+" was removed while the run wrote to it") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestSeries(t *testing.T) {
	entries := []Entry{entry(1, 5, 6), {Kind: Evaluation, Step: 1, Values: []Value{{Name: "a", Value: 9}}}, {Kind: Step, Step: 2, Timing: []Value{{Name: "a", Value: 7}, {Name: "t", Value: 1}}}}
	steps, values := Series(entries, Step, "a")
	if !slices.Equal(steps, []float64{1, 2}) || !slices.Equal(values, []float64{5, 7}) {
		t.Errorf("got %v at %v", values, steps)
	}
	if names := Names(entries, Step); !slices.Equal(names, []string{"a", "b", "t"}) {
		t.Errorf("names %v", names)
	}
}

// BenchmarkAppend measures what logging costs a step.
func BenchmarkAppend(b *testing.B) {
	l, err := Open(b.TempDir(), Options{TensorBoard: true})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	e := entry(1, 1.234567, 2.345678, 3.456789, 1e-4, 0.5)
	e.Timing = []Value{{Name: "seconds", Value: 1.5}, {Name: "tokens_per_second", Value: 51234.5}}
	for b.Loop() {
		e.Step++
		if err := l.Append(e); err != nil {
			b.Fatal(err)
		}
	}
}

// TestMeasuresOfBefore: programs of before wrote "eval_" before what an evaluation measured.
func TestMeasuresOfBefore(t *testing.T) {
	for line, want := range map[string]string{
		`{"kind":"evaluation","step":3,"eval_loss":2,"eval_mlm_accuracy":0.5}`: "[{loss 2} {mlm_accuracy 0.5}]",
		`{"kind":"step","step":3,"eval_loss":2}`:                               "[{eval_loss 2}]",
	} {
		if e, err := ParseLine([]byte(line)); err != nil || fmt.Sprint(e.Values) != want {
			t.Errorf("%s: got %v, %v, expected %s", line, e.Values, err, want)
		}
	}
}
