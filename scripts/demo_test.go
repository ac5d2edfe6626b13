package scripts

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// demo is a finished demo and its commands.
type demo struct {
	*testing.T

	bin, out string
}

// ask runs a verb of pretrain on the demo's model and reads the JSON that it writes.
func (d demo) ask(answer any, verb string, args ...string) {
	d.Helper()
	cmd := exec.Command(filepath.Join(d.bin, "pretrain"), slices.Concat([]string{verb, filepath.Join(d.out, "pretrained"), "--json"}, args)...)
	cmd.Stderr = os.Stderr
	text, err := cmd.Output()
	if err == nil {
		err = json.Unmarshal(text, answer)
	}
	if err != nil {
		d.Fatalf("%s %q: %v", verb, args, err)
	}
}

// filled is what pretrain fill answers.
type filled struct {
	Masks [][]struct {
		Token       string
		Probability float64
	}
	Filled string
}

// fill gives how probable some words together are at a mask of a text, the first one being 0.
func (d demo) fill(text string) func(mask int, words ...string) float64 {
	d.Helper()
	var x filled
	d.ask(&x, "fill", "-k", "60", text)
	return func(mask int, words ...string) (sum float64) {
		for _, g := range x.Masks[mask] {
			if slices.Contains(words, g.Token) {
				sum += g.Probability
			}
		}
		return sum
	}
}

func (d demo) holds(ok bool, claim string, values ...float64) {
	d.Helper()
	d.Log(claim, values)
	if !ok {
		d.Errorf("not so: %s: %v", claim, values)
	}
}

// TestDemoTeaches runs "make demo" as it is and holds its model to what its text claims to teach.
func TestDemoTeaches(t *testing.T) {
	if os.Getenv("GOBERT_LIBTORCH") == "" || os.Getenv("GOBERT_LONG") == "" {
		t.Skip("LibTorch is not set up in this shell, or GOBERT_LONG is not set: the demo trains for a minute")
	}
	d := demo{t, t.TempDir(), os.Getenv("OUT")} // as for demo.sh, which does not do again what is done
	if d.out == "" {
		d.out = t.TempDir()
	}
	cmd := exec.Command("./demo.sh")
	cmd.Env = append(os.Environ(), "BIN="+d.bin, "OUT="+d.out, "TEXT=")
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, said.String())
	}
	if !regexp.MustCompile(`pretrain vocab mytext\.txt .*\n.*pretrain data mytext\.txt .*\n.*pretrain train .*\n\z`).Match(out) {
		t.Errorf("it ends with\n%s", out)
	}
	page, err := os.ReadFile(filepath.Join(d.out, "report.html"))
	if err != nil || !strings.Contains(string(page), `id="asked"`) || !strings.Contains(string(page), "It follows: ") {
		t.Errorf("the page shows no questions (%v)", err)
	}

	seats, food := []string{"rug", "mat", "sofa", "cushion"}, []string{"fish", "sausage", "cheese", "ham"}
	resting, eating, playing := []string{"sat", "slept", "lay"}, []string{"fed", "dined", "chewed"}, []string{"jumped", "rolled", "pounced"}
	p := d.fill("The cat sat on it because it was a nice [MASK].")(0, seats...)
	d.holds(p > 0.8, "a cat sits on a seat", p)
	p = d.fill("The cat fed on it because it was a nice [MASK].")(0, food...)
	d.holds(p > 0.8, "and feeds on food", p)

	for thing, verbs := range map[string][]string{"rug": resting, "fish": eating, "ball": playing} {
		verb := d.fill("The cat [MASK] on it because it was a nice " + thing + ".")
		right, all := verb(0, verbs...), verb(0, slices.Concat(resting, eating, playing)...)
		d.holds(right > 0.4 && right > 0.85*all, "what is right of the mask decides what the cat did to a "+thing, right, all)
	}
	verb := d.fill("The cat [MASK] on it because it was a [MASK] [MASK].")
	d.holds(max(verb(0, resting...), verb(0, eating...), verb(0, playing...)) < 0.65, "without it nothing does", verb(0, resting...), verb(0, eating...), verb(0, playing...))

	for thing, words := range map[string][2]string{"rug": {"it", "it"}, "woman": {"her", "she"}, "man": {"him", "he"}} {
		both := d.fill("The cat counted on [MASK] because [MASK] was a nice " + thing + ".")
		d.holds(both(0, words[0]) > 0.7 && both(1, words[1]) > 0.7, "a "+thing+" is "+words[0], both(0, words[0]), both(1, words[1]))
	}
	var run filled
	d.ask(&run, "fill", "The cat sat on it because it was [MASK] [MASK] [MASK].")
	found := regexp.MustCompile(`^the cat sat on it because it was a (\w+) (\w+)\.$`).FindStringSubmatch(run.Filled)
	if found == nil || !slices.Contains([]string{"soft", "warm", "nice", "fine"}, found[1]) || !slices.Contains(seats, found[2]) {
		t.Errorf("a hidden run is filled: %q", run.Filled)
	}

	var looks struct {
		Tokens []string
		Heads  []struct{ Weights [][]float64 }
	}
	d.ask(&looks, "attention", "The cat sat on it because it was a nice rug.")
	it, ahead, back := slices.Index(looks.Tokens, "it"), 0.0, 0.0
	for _, h := range looks.Heads {
		left, right := 0.0, 0.0
		for to, w := range h.Weights[it] {
			if to < it {
				left += w
			} else if to > it {
				right += w
			}
		}
		back, ahead = max(back, left), max(ahead, right)
	}
	d.holds(back > 0.4 && ahead > 0.4, `one head lets "it" look back, and one ahead`, back, ahead)

	for a, follows := range map[string]bool{"There was a nice rug in the hall.": true, "The sailor mended the net near the dock.": false} {
		var judged struct{ Probability float64 }
		d.ask(&judged, "next", a, "The cat sat on it because it was a nice rug.")
		d.holds(follows && judged.Probability > 0.6 || !follows && judged.Probability < 0.2, a+" is followed by the cat's sentence or not", judged.Probability)
	}
}
