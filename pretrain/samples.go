package pretrain

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gobert/data/pretraining"
	"gobert/data/wordpiece"
	"gobert/internal/disk"
	"gobert/pipeline"
)

// SamplesFile is in a run's folder.
const SamplesFile = "samples.jsonl"

// Sample is a held-out sentence with one token masked, and what the model guesses at a step.
type Sample struct {
	Before  string           `json:"before"` // the text before the mask
	After   string           `json:"after"`
	Answer  string           `json:"answer"` // what stood there
	Guesses []pipeline.Guess `json:"guesses"`
}

// Samples is a line of samples.jsonl.
type Samples struct {
	Step    int64    `json:"step"`
	Samples []Sample `json:"samples"`
}

// sampler writes the guesses for the same few sentences at every evaluation: a person sees what is being learnt.
type sampler struct {
	path    string
	masked  [][]int32 // their tokens, with the mask
	samples []Sample
	last    int64
}

// The sentences that make good samples.
const (
	shortSample = 7
	longSample  = 24
	sampled     = 5 // guesses kept
)

// newSampler picks sentences spread over the held-out text.
func newSampler(out string, corpus pretraining.Corpus, t *wordpiece.Tokenizer, count int, resumed int64) (*sampler, error) {
	s := &sampler{path: filepath.Join(out, SamplesFile), last: -1}
	n := corpus.Sentences()
	for i := range count {
		from, to := i*n/count, (i+1)*n/count
		for j := from; j < to; j++ {
			if length := corpus.SentenceLen(j); length < shortSample || length > longSample {
				continue
			}
			if s.pick(corpus.AppendSentence(nil, j), t, i) {
				break
			}
		}
	}
	return s, s.cutBack(resumed)
}

// pick masks a token that is a word by itself, a little further into the sentence for every sample.
func (s *sampler) pick(ids []int32, t *wordpiece.Tokenizer, number int) bool {
	start := 1 + (number*3)%(len(ids)-2)
	for k := range len(ids) - 2 {
		at := 1 + (start-1+k)%(len(ids)-2)
		word := t.Token(ids[at])
		if !isWord(word) || strings.HasPrefix(t.Token(ids[at+1]), "##") {
			continue
		}
		s.samples = append(s.samples, Sample{
			Before: t.Decode(ids[:at], true, true), After: t.Decode(ids[at+1:], true, true), Answer: word,
		})
		ids = slices.Clone(ids)
		ids[at] = t.Special().Mask
		s.masked = append(s.masked, ids)
		return true
	}
	return false
}

// isWord says whether a token is letters only.
func isWord(token string) bool {
	for _, r := range token {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r < 0x80 {
			return false
		}
	}
	return len(token) > 1
}

// cutBack drops what a killed run wrote after the checkpoint that is resumed.
func (s *sampler) cutBack(resumed int64) error {
	text, err := os.ReadFile(s.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var kept []byte
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, len(text)+1)
	for lines.Scan() {
		var line Samples
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Step <= resumed {
			kept = append(append(kept, lines.Bytes()...), '\n')
			s.last = line.Step
		}
	}
	if bytes.Equal(kept, text) {
		return nil
	}
	return disk.Write(s.path, kept)
}

// write asks the model and appends a line.
func (s *sampler) write(p *pipeline.Pipeline, step int64) error {
	if len(s.samples) == 0 || step <= s.last {
		return nil
	}
	guesses, err := p.Guess(s.masked, sampled)
	if err != nil {
		return err
	}
	line := Samples{Step: step, Samples: slices.Clone(s.samples)}
	for i := range line.Samples {
		line.Samples[i].Guesses = guesses[i]
	}
	text, err := json.Marshal(line)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(s.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(append(text, '\n'))
	s.last = step
	return errors.Join(err, f.Close())
}
