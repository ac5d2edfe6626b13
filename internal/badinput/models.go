package badinput

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Rows are all rows but those about numbers, which come from the command's declaration.
func Rows() []Row {
	var rows []Row
	for _, part := range [][]Row{models(), corpora(), texts(), labelled(), settings(), paths(), written(), claimed(), formats(), alone(), hardships(), wordless(), large(), claimedFiles()} {
		rows = append(rows, part...)
	}
	return rows
}

// anyModel are the inputs that are model folders.
const anyModel = "model|tuned|pretrained"

// models are folders of models that something is wrong with.
func models() []Row {
	rows := []Row{}
	damage := func(name, file string, code int, says string, change func(text []byte) []byte) {
		var not []string
		if strings.HasPrefix(file, "tokenizer") {
			not = []string{"pretrain train"} // it reads with the tokenizer of its corpus
		}
		rows = append(rows, Row{
			Not: not, First: true, Shared: true,
			Name: "model " + name, Of: anyModel, Code: code, Says: says,
			Make: func(w *World) string { return w.Edit(w.Copy(firstModel(w)), file, change) },
		})
	}
	with := func(text string) func([]byte) []byte { return func([]byte) []byte { return []byte(text) } }

	for share := 1; share <= 9; share += 2 {
		for _, file := range []string{"config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"} {
			damage(fmt.Sprintf("%s cut at %d0 %%", file, share), file, 1, regexpOf(file), cut(share*10))
		}
	}
	for _, file := range []string{"config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"} {
		damage(file+" empty", file, 1, regexpOf(file), with(""))
		damage(file+" of zeros", file, 1, regexpOf(file), with(strings.Repeat("\x00", 4096)))
		damage(file+" in UTF-16", file, 1, regexpOf(file), wide)
		damage(file+" of text", file, 1, regexpOf(file), with("not what you expect\n"))
		damage(file+" a web page", file, 1, regexpOf(file), with("<!DOCTYPE html>\n<html><body>404 Not Found</body></html>\n"))
		damage(file+" a pointer of Git LFS", file, 1, regexpOf(file), with("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 1234\n"))
		damage(file+" a list", file, 1, regexpOf(file), with("[1, 2]"))
		if file != "tokenizer_config.json" { // which may say nothing
			damage(file+" null", file, 1, regexpOf(file), with("null"))
		}
	}
	for _, key := range []string{"hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "vocab_size", "max_position_embeddings", "type_vocab_size"} {
		for _, value := range []string{"0", "-1", `"many"`, "1e99", "1000000000000", "1.5", "[]", "{}", "true"} {
			damage(fmt.Sprintf("config.json %s %s", key, value), "config.json", 1, `config\.json.*`+key+"|"+key+`.*config\.json`, number(key, value))
		}
	}
	for key, values := range map[string][]string{
		"hidden_act":                   {`"swish9"`, "7", "null", `""`},
		"layer_norm_eps":               {"-1", "0", `"small"`, "[]"},
		"hidden_dropout_prob":          {"-0.5", "1.5", `"half"`},
		"attention_probs_dropout_prob": {"-0.5", "1.5", `"half"`},
		"model_type":                   {`"gpt2"`, "7", `""`},
		"position_embedding_type":      {`"rotary"`, "7"},
	} {
		for _, value := range values {
			damage(fmt.Sprintf("config.json %s %s", key, value), "config.json", 1, `config\.json.*`+key+"|"+key+`.*config\.json`, number(key, value))
		}
	}
	for name, change := range map[string]func(w *World, folder string){
		"without weights":         func(w *World, folder string) { w.must(os.Remove(filepath.Join(folder, "model.safetensors"))) },
		"without config.json":     func(w *World, folder string) { w.must(os.Remove(filepath.Join(folder, "config.json"))) },
		"config.json is a folder": func(w *World, folder string) { w.folderFor(folder, "config.json") },
		"weights are a folder":    func(w *World, folder string) { w.folderFor(folder, "model.safetensors") },
		"without its tokenizer": func(w *World, folder string) {
			for _, file := range []string{"tokenizer.json", "vocab.txt"} {
				w.must(os.Remove(filepath.Join(folder, file)))
			}
		},
	} {
		var not []string
		if name == "without its tokenizer" {
			not = []string{"pretrain train"}
		}
		rows = append(rows, Row{Name: "model " + name, Of: anyModel, Not: not, First: true, Code: 1, Says: `config\.json|weights|safetensors|tokenizer|vocab\.txt`, Make: func(w *World) string {
			folder := w.Copy(firstModel(w))
			change(w, folder)
			return folder
		}})
	}
	return rows
}

// firstModel is the good model folder that the command has.
func firstModel(w *World) string {
	for _, name := range []string{"tuned", "run"} {
		if _, err := os.Stat(w.Good(name)); err == nil {
			return name
		}
	}
	w.t.Fatal("there is no model folder")
	return ""
}
