package badinput

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/zstd"
)

// formats are files of further formats: records, other weights, modules, names of labels.
func formats() (rows []Row) {
	for share := 0; share < 100; share += 12 {
		what := fmt.Sprintf("cut at %d %%", share)
		rows = append(rows, Row{Name: "records " + what, Of: "records", First: true, Code: 1, Says: `\.tfrecord`, Make: func(w *World) string {
			return w.Edit(w.Copy("records"), "examples-00000-of-00001.tfrecord", cut(share))
		}})
		rows = append(rows, Row{Name: "zstandard " + what, Of: "text|texts", Code: 1, Says: `t\.txt\.zst`, Make: func(w *World) string {
			return w.File("t.txt.zst", string(cut(share)(zstandard(stories()))))
		}})
		for file, source := range map[string]string{"pytorch_model.bin": "pickle/zip.bin", "model.ckpt.index": "tensorflow/bert_model.ckpt.index"} {
			rows = append(rows, Row{Name: file + " " + what, Of: anyModel, First: true, Shared: true, Code: 1, Says: regexpOf(file) + "|weights", Make: func(w *World) string {
				folder := w.Copy(firstModel(w))
				w.must(os.Remove(filepath.Join(folder, "model.safetensors")))
				text, err := os.ReadFile(filepath.Join("..", "..", "internal", "weights", "testdata", filepath.FromSlash(source))) // a test runs in its package's folder
				w.must(err)
				w.must(os.WriteFile(filepath.Join(folder, file), cut(share)(text), 0o644))
				return folder
			}})
		}
	}
	rows = append(rows, Row{Name: "records with a bit flipped", Of: "records", First: true, Code: 1, Says: `\.tfrecord`, Make: func(w *World) string {
		return w.Edit(w.Copy("records"), "examples-00000-of-00001.tfrecord", flipped)
	}})
	for name, text := range map[string]string{
		"cut": `[{"idx": 0, "name": "0", "pa`, "a number": "7", "of an unknown module": `[{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"}, {"idx": 1, "name": "1", "path": "1_X", "type": "sentence_transformers.models.WordWeights"}]`,
		"of text": "modules", "empty": "", "of zeros": "\x00\x00\x00\x00",
		"without the folder it names": `[{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"}, {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}]`,
	} {
		rows = append(rows, Row{Name: "modules.json " + name, Of: "model", Only: []string{"finetune embed"}, Code: 1, Says: `modules\.json|1_Pooling`, Make: func(w *World) string {
			folder := w.Copy("model")
			w.must(os.WriteFile(filepath.Join(folder, "modules.json"), []byte(text), 0o644))
			return folder
		}})
	}
	for _, value := range []string{`{"0": "neg", "1": "neg"}`, `{"0": "neg"}`, `{"0": "neg", "7": "pos"}`, `{"a": "neg", "b": "pos"}`, `["neg"]`, `7`, `{"0": 1, "1": 2}`} {
		rows = append(rows, Row{
			Name: "id2label " + value, Of: "tuned", Only: []string{"finetune predict", "finetune eval"}, First: true, Code: 1, Says: "id2label|label", Many: true,
			Make: func(w *World) string { return w.Edit(w.Copy("tuned"), "config.json", number("id2label", value)) },
		})
	}
	return rows
}

func zstandard(text string) []byte {
	var b bytes.Buffer
	z, err := zstd.NewWriter(&b)
	if err == nil {
		_, err = z.Write([]byte(text))
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		panic(err)
	}
	return b.Bytes()
}
