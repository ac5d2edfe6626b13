package pretrain

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"gobert/data/pretraining"
	"gobert/internal/report"
)

const (
	shownMoments = 6 // of the samples
	fewestWords  = 4 // tokens of each of them
)

// readSamples reads samples.jsonl; a run without it has none. A last line that was cut is left out.
func readSamples(folder string) (list []Samples, err error) {
	path := filepath.Join(folder, SamplesFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("pretrain: %w", err)
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, len(text)+1)
	for number := 1; lines.Scan(); number++ {
		var line Samples
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			if bytes.HasSuffix(text, lines.Bytes()) {
				break // the run is writing it
			}
			return nil, fmt.Errorf("pretrain: reading %s: line %d: %w", path, number, err)
		}
		list = append(list, line)
	}
	return list, nil
}

// moments turns the lines of samples.jsonl around: for each sentence, the guesses of the first, the last and some moments
// between.
func moments(lines []Samples) (list []report.Sample) {
	var chosen []Samples
	n := min(len(lines), shownMoments)
	for i := range n {
		chosen = append(chosen, lines[i*(len(lines)-1)/max(n-1, 1)])
	}
	if n == 0 {
		return nil
	}
	for k, s := range chosen[0].Samples {
		sample := report.Sample{Before: s.Before, After: s.After, Answer: s.Answer}
		for _, line := range chosen {
			if k >= len(line.Samples) || line.Samples[k].Before != s.Before || line.Samples[k].Answer != s.Answer {
				continue
			}
			moment := report.Moment{Step: line.Step}
			for _, g := range line.Samples[k].Guesses {
				moment.Guesses = append(moment.Guesses, report.Guess{Word: g.Token, Probability: g.Probability})
			}
			sample.Moments = append(sample.Moments, moment)
		}
		list = append(list, sample)
	}
	return list
}

// attention looks at the sentences that were asked for, or at held-out ones.
func (t *told) attention(sentences []string, samples []Samples) (*report.Attention, error) {
	if t.model == nil {
		return nil, nil
	}
	m := t.model.Model
	look := m.Attending()
	return look.Look(sentences, func(limit int) (pairs []report.Pair) {
		if t.texts.Tokenizer != nil && t.texts.Tokenizer.Hash() == m.Tokenizer.Hash() {
			pairs = neighbours(t.texts.Evaluation(), limit, t.config.NSP)
		}
		for i := 0; len(pairs) < report.ShownTexts && len(samples) > 0 && i < len(samples[0].Samples); i++ {
			s := samples[0].Samples[i]
			if pair, err := look.Read(strings.Join([]string{s.Before, s.Answer, s.After}, " "), limit); err == nil {
				pairs = append(pairs, pair)
			}
		}
		return pairs
	})
}

// sequel is a text that says of each document whether its sentences follow each other.
type sequel interface {
	pretraining.Corpus
	Follows(doc int) bool
}

// neighbours picks pairs of sentences that follow each other, or single ones, from documents spread over a corpus.
func neighbours(c sequel, limit int, two bool) (pairs []report.Pair) {
	n := c.Documents()
	count := min(n, report.ShownTexts)
	for i := range count {
		for doc := i * n / count; doc < (i+1)*n/count; doc++ {
			if two && !c.Follows(doc) {
				continue
			}
			if pair, ok := neighbour(c, doc, limit, two); ok {
				pairs = append(pairs, pair)
				break
			}
		}
	}
	return pairs
}

// neighbour finds one in a document.
func neighbour(c pretraining.Corpus, doc, limit int, two bool) (report.Pair, bool) {
	first, last := c.DocumentRange(doc)
	for s := first; s < last; s++ {
		pair := report.Pair{A: c.AppendSentence(nil, s)}
		if two {
			if s+1 == last {
				break
			}
			pair.B = c.AppendSentence([]int32{}, s+1)
		}
		if len(pair.A) >= fewestWords && (!two || len(pair.B) >= fewestWords) && pair.Tokens() <= limit {
			return pair, true
		}
	}
	return report.Pair{}, false
}
