package badinput

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// make makes the good inputs of a command, with the command itself where it can.
func (c *Command) make(w *World) {
	w.Dir = w.good
	w.File("config.json", `{"seed": 3}`)
	w.File("text.txt", stories())
	w.File("texts.txt", "it was good\nit was bad\nwe like the film\n")
	steps := [][]string{
		words("vocab {text} --size 60 -q --out vocab"),
		words("data {text} --tokenizer vocab --heldout 0.3 -q --out corpus"),
		words("data {text} --tokenizer vocab --google --max-seq-length 24 --dupe-factor 1 -q --out records"),
		words("data {text} --tokenizer vocab --part 1/2 -q --out parts"),
		words("data {text} --tokenizer vocab --part 2/2 -q --out parts"),
		words("train --data corpus --model {shape} --steps 2 --batch 2 --seq-length 16 --no-rehearse --save-every 1 --evaluate-every 1 --log-every 1 --compute fp32 --device cpu -q --out run"),
	}
	if c.Name == "serve" {
		w.served()
		return
	}
	w.File("shape.json", `{"model_type": "bert", "vocab_size": 60, "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, `+
		`"intermediate_size": 32, "max_position_embeddings": 32}`)
	if c.Name == "finetune" {
		w.must(WriteTiny(filepath.Join(w.good, "model")))
		w.File("labelled.csv", opinions(20))
		w.File("tagged.conll", strings.Repeat("Bob B-PER\nlives O\nin O\nRome B-LOC\n\nAnn B-PER\nwent O\nto O\nParis B-LOC\n\n", 5))
		w.File("questions.json", questions(6))
		steps = [][]string{
			words("train --model {model} --task classify --data {labelled} --steps 2 --batch 4 --device cpu -q --out tuned"),
			words("train --model {model} --task classify --data {labelled} --steps 2 --batch 4 --device cpu -q --lora --out adapted"),
		}
	}
	for _, step := range steps {
		args := w.fill(step, "", "")
		for i, arg := range args {
			if i > 0 && (args[i-1] == "--out" || args[i-1] == "--tokenizer" || args[i-1] == "--data") && !filepath.IsAbs(arg) {
				args[i] = filepath.Join(w.good, arg)
			}
		}
		if a := c.run(args...); a.Code != 0 {
			w.t.Fatalf("%s %s: code %d\n%s", c.Name, strings.Join(args, " "), a.Code, a.Talk)
		}
	}
	if c.Name == "pretrain" {
		w.must(os.MkdirAll(filepath.Join(w.good, "empty"), 0o755))
	}
}

// stories are documents of a few sentences.
func stories() string {
	var b strings.Builder
	animals, places := words("cat dog bird cow man"), words("tree river home barn hill")
	for i := range 24 {
		a, p := animals[i%len(animals)], places[i/2%len(places)]
		fmt.Fprintf(&b, "the %s saw the %s.\nit was near the %s.\nthen the %s went home.\n\n", a, animals[(i+1)%len(animals)], p, a)
	}
	return b.String()
}

// opinions are labelled texts.
func opinions(n int) string {
	var b strings.Builder
	b.WriteString("text,label\n")
	subjects := words("film book story play rain sun")
	for i := range n {
		fmt.Fprintf(&b, "the %s %d was %s,%s\n", subjects[i%len(subjects)], i, words("good bad fine poor")[i%4], words("pos neg")[i%2])
	}
	return b.String()
}

// questions are in SQuAD's form.
func questions(n int) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf(`{"id": "q%d", "question": "who lives in Rome?", "answers": [{"text": "Bob", "answer_start": 0}]}`, i))
	}
	return `{"version": "1.1", "data": [{"title": "t", "paragraphs": [{"context": "Bob lives in Rome", "qas": [` + strings.Join(list, ", ") + `]}]}]}`
}
