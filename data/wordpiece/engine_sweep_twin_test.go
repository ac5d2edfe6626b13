package wordpiece

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gobert/internal/testkit"
)

// TestSweepTwin holds the engine to its plain twin on all real text, by lines and by 64 lines joined,
// which a reference that is a hundred times slower need not be asked for: TestSweep compares the twin's
// steps with it.
//
//	BERT_SWEEP=1 go test -run SweepTwin -timeout 3h ./data/wordpiece
func TestSweepTwin(t *testing.T) {
	if os.Getenv("BERT_SWEEP") == "" {
		t.Skip("a long comparison with the plain steps (set BERT_SWEEP=1)")
	}
	folder := testkit.Data(t)
	for _, v := range realVocabularies {
		t.Run(v.name, func(t *testing.T) {
			p := newPair(t, readVocabulary(t, filepath.Join(folder, "vocab", v.name, "vocab.txt")), v.rules)
			var joined []string
			texts := 0
			for line := range lines(t, folder) {
				p.check(t, line)
				if joined = append(joined, line); len(joined) == 64 {
					p.check(t, strings.Join(joined, "\n"))
					joined = joined[:0]
				}
				texts++
			}
			for text := range randomTexts(8, 200_000) {
				p.check(t, text)
				texts++
			}
			t.Logf("%d texts, 0 different", texts)
		})
	}
}
