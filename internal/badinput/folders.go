package badinput

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// damaged is a row about one file of a folder.
func damaged(of, what, file string, says string, change func([]byte) []byte) Row {
	return Row{Name: fmt.Sprintf("%s: %s %s", of, file, what), Of: of, Code: 1, Says: says, Make: func(w *World) string {
		return w.Edit(w.Copy(of), file, change)
	}}
}

// without is a row about a file that a folder lacks.
func without(of, file, says string) Row {
	return Row{Name: fmt.Sprintf("%s: without %s", of, file), Of: of, Code: 1, Says: says, Make: func(w *World) string {
		folder := w.Copy(of)
		w.must(os.Remove(filepath.Join(folder, file)))
		return folder
	}}
}

func zeros(text []byte) []byte { return make([]byte, len(text)) }

func flipped(text []byte) []byte {
	text[len(text)/2] ^= 0x10
	return text
}

// corpora are corpora, tokenizers and runs that something is wrong with.
func corpora() (rows []Row) {
	for _, file := range []string{"train/shard-00000.bin", "train/shard-00000.idx", "manifest.json", "heldout/shard-00000.idx", "heldout/shard-00000.bin"} {
		base := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
		for share := 0; share < 100; share += 22 {
			rows = append(rows, damaged("corpus", fmt.Sprintf("cut at %d %%", share), file, regexpOf(base), cut(share)))
		}
		rows = append(rows, without("corpus", file, regexpOf(base)))
		if filepath.Ext(file) != ".bin" {
			rows = append(rows, damaged("corpus", "of zeros", file, regexpOf(base), zeros))
		}
	}
	const checkpoint = "checkpoints/step-000000002/"
	for _, file := range []string{"state.json", "optimizer.safetensors", "model.safetensors", "config.json"} {
		for share := 0; share < 100; share += 30 {
			rows = append(rows, resumed(damaged("resumed", fmt.Sprintf("cut at %d %%", share), checkpoint+file, regexpOf(file), cut(share))))
		}
		rows = append(rows, resumed(damaged("resumed", "with a bit flipped", checkpoint+file, regexpOf(file), flipped)))
		rows = append(rows, resumed(without("resumed", checkpoint+file, regexpOf(file))))
	}
	for _, file := range []string{"vocab.txt"} {
		rows = append(rows, damaged("vocabulary", "empty", "", `vocab\.txt`, cut(0)), damaged("vocabulary", "of zeros", "", `vocab\.txt`, zeros),
			damaged("vocabulary", "in UTF-16", "", regexpOf(file), wide), damaged("vocabulary", "in Latin-1", "", regexpOf(file), func(text []byte) []byte {
				return append(text, "caf\xe9\n"...)
			}))
	}
	for _, file := range []string{"tokenizer.json", "tokenizer_config.json"} {
		for share := 0; share < 100; share += 22 {
			rows = append(rows, damaged("tokenizer", fmt.Sprintf("cut at %d %%", share), file, regexpOf(file), cut(share)))
		}
	}
	for share := 20; share < 100; share += 30 {
		r := damaged("run", fmt.Sprintf("cut at %d %%", share), "run.json", `run\.json`, cut(share))
		r.Only = []string{"pretrain report"}
		rows = append(rows, r)
	}
	return rows
}

// resumed makes a row of a checkpoint in which the older one is broken in the same way, so that none is left to go on from.
func resumed(r Row) Row {
	before := r.Make
	r.Make = func(w *World) string {
		folder := before(w)
		w.must(os.RemoveAll(filepath.Join(folder, "checkpoints", "step-000000001")))
		return folder
	}
	return r
}
