package metrics

import (
	"slices"
	"strings"

	"gobert/data/textfile"
)

// answerWords are the words of an answer as SQuAD's scripts compare them: in lower case, without ASCII punctuation and articles.
func answerWords(answer string) []string {
	const punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
	plain := strings.Map(func(c rune) rune {
		if strings.ContainsRune(punctuation, c) {
			return -1
		}
		return c
	}, textfile.Lower(answer))
	return textfile.Split(withoutArticles(plain))
}

// withoutArticles puts a space in the place of each article that is a word of its own, whatever stands beside it: a word ends
// where letters and numbers end.
func withoutArticles(s string) string {
	var b strings.Builder
	word := 0 // where the current word begins
	flush := func(end int) {
		if w := s[word:end]; w == "a" || w == "an" || w == "the" {
			b.WriteByte(' ')
		} else {
			b.WriteString(w)
		}
	}
	inside := false
	for i, c := range s {
		if textfile.IsWord(c) != inside {
			flush(i)
			word, inside = i, !inside
		}
	}
	flush(len(s))
	return b.String()
}

// AnswerScore says how good an answer is.
type AnswerScore struct {
	Exact float64 // 1 if it equals a right answer, else 0
	F1    float64 // of its words
}

// score compares with one right answer. Without any words at all SQuAD 1.1 gives an F1 of 0, and 2.0 gives 1 to the right
// silence.
func score(predicted, right []string, silence bool) AnswerScore {
	var s AnswerScore
	if slices.Equal(predicted, right) {
		s.Exact = 1
	}
	if silence && (len(predicted) == 0 || len(right) == 0) {
		s.F1 = s.Exact
		return s
	}
	left := map[string]int{}
	for _, w := range right {
		left[w]++
	}
	same := 0
	for _, w := range predicted {
		if left[w] > 0 {
			left[w]--
			same++
		}
	}
	if same == 0 {
		return s
	}
	precision, recall := float64(same)/float64(len(predicted)), float64(same)/float64(len(right))
	s.F1 = 2 * precision * recall / (precision + recall)
	return s
}

// best compares with all right answers and takes the better of each score.
func best(predicted string, right []string, silence bool) AnswerScore {
	var top AnswerScore
	words := answerWords(predicted)
	for _, r := range right {
		s := score(words, answerWords(r), silence)
		top.Exact, top.F1 = max(top.Exact, s.Exact), max(top.F1, s.F1)
	}
	return top
}
