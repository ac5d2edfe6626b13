package wordpiece

import (
	"bufio"
	"crypto/md5"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"gobert/internal/testkit"
)

// digestOf writes an encoding as sweep.py does.
func digestOf(h hash.Hash, buffer []byte, e *Encoding) []byte {
	put := func(values ...int32) {
		for _, v := range values {
			buffer = binary.LittleEndian.AppendUint32(buffer, uint32(v))
		}
	}
	buffer = buffer[:0]
	put(int32(e.Len()), int32(len(e.Overflowing)))
	put(e.IDs...)
	put(e.TypeIDs...)
	for _, o := range e.Offsets {
		put(int32(o.Start), int32(o.End))
	}
	put(e.WordIDs...)
	put(e.SpecialMask...)
	put(e.AttentionMask...)
	put(e.SequenceIDs()...)
	for i, token := range e.Tokens {
		if i > 0 {
			buffer = append(buffer, 0)
		}
		buffer = append(buffer, token...)
	}
	h.Write(buffer)
	for _, o := range e.Overflowing {
		buffer = digestOf(h, buffer, o)
	}
	return buffer
}

// A sweepJob is one call of the reference, and its options here.
type sweepJob struct {
	python map[string]any
	inputs []Input
	o      EncodeOptions
	decode bool
}

// newSweepJob draws the options of a call.
func newSweepJob(draw *rand.Rand, texts []string, pair bool) sweepJob {
	job := sweepJob{python: map[string]any{"pair": pair, "truncation_side": "right"}}
	if pair {
		// What overflows of two long texts is combined with each other, which is more than memory holds.
		short := func(s string) string { return s[:min(len(s), 500)] }
		for i := 0; i+1 < len(texts); i += 2 {
			job.inputs = append(job.inputs, Pair(short(texts[i]), short(texts[i+1])))
		}
	} else {
		for _, text := range texts {
			job.inputs = append(job.inputs, Text(text))
		}
		job.decode = draw.IntN(4) == 0
	}
	job.python["n"], job.python["decode"] = len(job.inputs), job.decode
	// Only pairs of short texts can be cut at one side: the other would be longer than all that is wanted.
	how := []Truncation{DoNotTruncate, LongestFirst, LongestFirst, LongestFirst}[draw.IntN(4)]
	job.o = EncodeOptions{Truncation: how}
	job.python["truncation"] = how.String()
	if how != DoNotTruncate {
		job.o.MaxLength = 8 + draw.IntN(120)
		job.o.Stride = draw.IntN(2) * draw.IntN((job.o.MaxLength-3)/2)
		if pair {
			job.o.MaxLength += 40
			job.o.Stride = min(job.o.Stride, 8) // less than half of what a pair leaves
		}
		job.python["max_length"], job.python["stride"] = job.o.MaxLength, job.o.Stride
		if draw.IntN(2) == 0 {
			job.o.TruncateSide, job.python["truncation_side"] = Left, "left"
		}
	}
	if draw.IntN(2) == 0 {
		job.o.Padding, job.python["padding"] = Longest, "longest"
		job.o.PaddingSide = []Side{Right, Left}[draw.IntN(2)]
		job.python["padding_side"] = job.o.PaddingSide.String()
		if how == DoNotTruncate {
			job.o.PadToMultiple, job.python["pad_to_multiple_of"] = 8, 8
		}
	}
	return job
}

// side makes a job of pairs in which one side alone is cut; each pair has a length of its own.
func (job sweepJob) side(draw *rand.Rand, t *Tokenizer) sweepJob {
	in := job.inputs[0]
	how := OnlyFirst + Truncation(draw.IntN(2))
	first, second := len(t.AppendIDs(nil, in.Text)), len(t.AppendIDs(nil, in.Pair))
	other := second
	if how == OnlySecond {
		other = first
	}
	one := sweepJob{python: map[string]any{"pair": true, "n": 1, "decode": false, "truncation_side": "right", "stride": 0}, inputs: job.inputs[:1]}
	one.o = EncodeOptions{Truncation: how, MaxLength: other + 3 + 1 + draw.IntN(20)}
	one.python["truncation"], one.python["max_length"] = how.String(), one.o.MaxLength
	return one
}

// write hands a job to the reference.
func (job sweepJob) write(w *bufio.Writer) error {
	text, err := json.Marshal(job.python)
	if err != nil {
		return err
	}
	w.Write(append(text, '\n'))
	put := func(s string) {
		w.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(s))))
		w.WriteString(s)
	}
	for _, in := range job.inputs {
		put(in.Text)
		if in.IsPair {
			put(in.Pair)
		}
	}
	return w.Flush()
}

// TestTokenizerSweep compares digests of everything in an encoding, for all lines of all real files and four vocabularies: single
// texts and pairs, truncation, strides, both padding sides, decoding. It takes an hour, so it waits to be asked for;
// BERT_SWEEP=20 takes one line in twenty.
//
//	BERT_SWEEP=1 GOBERT_PYTHON=python go test -run TokenizerSweep -timeout 3h ./data/wordpiece
func TestTokenizerSweep(t *testing.T) {
	if os.Getenv("BERT_SWEEP") == "" {
		t.Skip("a long comparison with the reference (set BERT_SWEEP=1)")
	}
	folder := testkit.Data(t)
	for _, v := range realVocabularies {
		t.Run(v.name, func(t *testing.T) {
			tokenizerSweep(t, filepath.Join(folder, "vocab", v.name), v.Lowercase, everyNth(lines(t, folder)))
		})
	}
}

// everyNth thins texts out by the number in BERT_SWEEP: 1 takes all of them.
func everyNth(texts iter.Seq[string]) iter.Seq[string] {
	step, err := strconv.Atoi(os.Getenv("BERT_SWEEP"))
	if err != nil || step < 1 {
		step = 1
	}
	return func(yield func(string) bool) {
		n := 0
		for text := range texts {
			if n++; n%step == 0 && !yield(text) {
				return
			}
		}
	}
}

// TestTokenizerAgainstPython is a small sweep, over texts of our own, for everybody who has the reference.
func TestTokenizerAgainstPython(t *testing.T) {
	python(t)
	for _, lower := range []bool{true, false} {
		folder := t.TempDir()
		tokenizer, err := Open(filepath.Join(goldenFolder, "folders", map[bool]string{true: "uncased", false: "older"}[lower]))
		if err != nil {
			t.Fatal(err)
		}
		if tokenizer, err = New(tokenizer.spec.vocabulary, DefaultOptions(lower)); err != nil {
			t.Fatal(err)
		}
		if err := tokenizer.Save(folder); err != nil {
			t.Fatal(err)
		}
		tokenizerSweep(t, folder, lower, randomTexts(5, 3000))
	}
}

func tokenizerSweep(t *testing.T, folder string, lower bool, texts iter.Seq[string]) {
	tokenizer, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	if tokenizer.Lowercase() != lower {
		t.Fatalf("lower case is %t, expected %t", tokenizer.Lowercase(), lower)
	}
	cmd, in, out := converse(t, filepath.Join(goldenFolder, "sweep.py"), folder, fmt.Sprintf("do_lower_case=%t", lower))
	jobs := make(chan sweepJob, 4)
	go func() {
		defer close(jobs)
		defer in.Close()
		w := bufio.NewWriterSize(in, 1<<20)
		draw := rand.New(rand.NewPCG(7, 7))
		send := func(job sweepJob) {
			if job.write(w) == nil {
				jobs <- job
			}
		}
		flush := func(chunk []string) {
			single := newSweepJob(draw, chunk, false)
			send(single)
			if len(chunk) > 1 {
				pairs := newSweepJob(draw, chunk, true)
				send(pairs)
				send(pairs.side(draw, tokenizer))
			}
		}
		var chunk []string
		for text := range texts {
			// Very long lines would make thousands of windows, and of pairs their product.
			if len(text) > 4000 {
				text = text[:4000]
			}
			if chunk = append(chunk, text); len(chunk) == 256 {
				flush(chunk)
				chunk = nil
			}
		}
		flush(chunk)
	}()
	answers := bufio.NewReaderSize(out, 1<<20)
	versions, err := answers.ReadString('\n')
	if err != nil {
		t.Fatal("the reference did not start: ", err)
	}
	count, different := 0, 0
	var buffer []byte
	for job := range jobs {
		got, err := tokenizer.EncodeBatch(job.inputs, job.o)
		if err != nil {
			t.Fatalf("%v: %v", job.python, err)
		}
		for i, e := range got {
			h := md5.New()
			buffer = digestOf(h, buffer, e)
			sums := [][]byte{h.Sum(nil)}
			if job.decode {
				io.WriteString(h, tokenizer.Decode(e.IDs, false, false))
				io.WriteString(h, tokenizer.Decode(e.IDs, true, true))
				sums = append(sums, h.Sum(nil))
			}
			for _, sum := range sums {
				var want [md5.Size]byte
				if _, err := io.ReadFull(answers, want[:]); err != nil {
					t.Fatal("reading the reference's answer: ", err)
				}
				count++
				if string(want[:]) != string(sum) {
					if different++; different <= 10 {
						t.Errorf("%v: %+v\n  got %+v", job.python, job.inputs[i], e)
					}
				}
			}
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: %d encodings, %d different (%s)", filepath.Base(folder), count, different, versions[:len(versions)-1])
}
