package weights

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gobert/internal/disk"
	"gobert/internal/testkit"
)

const golden = "testdata/tensorflow/bert_model.ckpt"

// model gives the entries that are no slots, in order.
func model(entries []bundleEntry) []bundleEntry {
	return slices.DeleteFunc(slices.Clone(entries), func(e bundleEntry) bool {
		_, _, ok := huggingFaceName(e.name)
		return !ok
	})
}

func TestCheckpointOfTensorFlow(t *testing.T) {
	bundle, err := openBundle(golden)
	if err != nil {
		t.Fatal(err)
	}
	defer disk.CloseAll(bundle.shards)
	if total, kept := len(bundle.entries), len(model(bundle.entries)); total != 3*46+1 || kept != 46 {
		t.Errorf("got %d entries, %d of the model", total, kept)
	}
	for position, entry := range model(bundle.entries) {
		tensor, err := bundle.tensor(entry)
		if err != nil {
			t.Error(err)
			continue
		}
		for i := range len(tensor.Data) / 4 {
			got := math.Float32frombits(binary.LittleEndian.Uint32(tensor.Data[4*i:]))
			if want := float32(position*100+i) / 8; got != want { // as generate.py says
				t.Errorf("%s: element %d is %v, want %v", entry.name, i, got, want)
				break
			}
		}
	}
}

func TestTypes(t *testing.T) {
	bundle, err := openBundle("testdata/tensorflow/types.ckpt.index")
	if err != nil {
		t.Fatal(err)
	}
	defer disk.CloseAll(bundle.shards)
	want := map[string]DType{
		"float32": F32, "float64": F64, "float16": F16, "bfloat16": BF16, "int8": I8,
		"int16": I16, "int32": I32, "int64": I64, "uint8": U8, "bool": Bool,
	}
	for _, entry := range bundle.entries {
		tensor, err := bundle.tensor(entry)
		if err != nil || tensor.DType != want[entry.name] || !slices.Equal(tensor.Shape, []int64{3}) {
			t.Errorf("%s: got %v, %v", entry.name, tensor, err)
		}
		delete(want, entry.name)
	}
	if len(want) > 0 {
		t.Errorf("not found: %v", want)
	}
}

func TestRealIndex(t *testing.T) {
	path := testkit.Data(t, "tf_checkpoint", "bert_model.ckpt.index")
	entries, shards, err := readBundleIndex(path)
	if err != nil {
		t.Fatal(err)
	}
	if shards != 1 {
		t.Errorf("got %d data files", shards)
	}
	kept := model(entries)
	// 5 of the embeddings, 16 per layer, 2 of the pooler, 5 and 2 of the heads.
	if len(kept) != 5+12*16+2+5+2 {
		t.Errorf("got %d variables of the model", len(kept))
	}
	// The data file is written without holes, in the order of the names.
	var at int64
	for _, entry := range entries {
		size, err := byteSize(entry.dtype, entry.shape)
		if err != nil || entry.offset != at || size != entry.size || entry.sliced {
			t.Fatalf("%+v: %v, want offset %d and size %d", entry, err, at, size)
		}
		at += size
	}
	i := slices.IndexFunc(kept, func(e bundleEntry) bool { return e.name == "bert/embeddings/word_embeddings" })
	if i < 0 || len(kept[i].shape) != 2 || kept[i].shape[1] != 768 {
		t.Errorf("word embeddings: %d of %+v", i, kept)
	}
	if _, err := openBundle(path); err == nil || !strings.Contains(err.Error(), "1 of 1 data files are missing") {
		t.Errorf("without data: %v", err)
	}
}

func TestHuggingFaceNames(t *testing.T) {
	for _, test := range []struct {
		variable, name string
		transposed     bool
	}{
		{"bert/embeddings/word_embeddings", "bert.embeddings.word_embeddings.weight", false},
		{"bert/embeddings/LayerNorm/gamma", "bert.embeddings.LayerNorm.weight", false},
		{"bert/encoder/layer_11/attention/self/query/kernel", "bert.encoder.layer.11.attention.self.query.weight", true},
		{"bert/encoder/layer_0/output/LayerNorm/beta", "bert.encoder.layer.0.output.LayerNorm.bias", false},
		{"bert/pooler/dense/bias", "bert.pooler.dense.bias", false},
		{"cls/predictions/output_bias", "cls.predictions.bias", false},
		{"cls/predictions/transform/dense/kernel", "cls.predictions.transform.dense.weight", true},
		{"cls/seq_relationship/output_weights", "cls.seq_relationship.weight", false},
		{"cls/squad/output_bias", "qa_outputs.bias", false},
		{"output_weights", "classifier.weight", false},
		{"output_bias:0", "classifier.bias", false},
		{"global_step", "", false},
		{"bert/pooler/dense/kernel/adam_m", "", false},
		{"bert/pooler/dense/kernel/AdamWeightDecayOptimizer_1", "", false},
		{"_CHECKPOINTABLE_OBJECT_GRAPH", "", false},
	} {
		name, transposed, ok := huggingFaceName(test.variable)
		if name != test.name || transposed != test.transposed || ok != (test.name != "") {
			t.Errorf("%s: got %q, %v, %v", test.variable, name, transposed, ok)
		}
	}
}

func TestBadBundles(t *testing.T) {
	index, _ := os.ReadFile(golden + ".index")
	data, _ := os.ReadFile(golden + ".data-00000-of-00001")
	flip := func(content []byte, at int) []byte {
		content = bytes.Clone(content)
		content[at] ^= 1
		return content
	}
	for _, test := range []struct {
		name        string
		index, data []byte
		says        string
	}{
		{"empty index", nil, data, "cut short"},
		{"cut index", index[:len(index)-1], data, "expected db4775248b80fb57"},
		{"other magic", flip(index, len(index)-1), data, "expected db4775248b80fb57"},
		{"flipped index", flip(index, 100), data, "checksum"},
		{"cut data", index, data[:len(data)-5000], "cut short"},
		{"flipped data", index, flip(data, 10), `"bert/embeddings/LayerNorm/beta": checksum`},
	} {
		prefix := filepath.Join(t.TempDir(), "model.ckpt")
		os.WriteFile(prefix+".index", test.index, 0o644)
		os.WriteFile(prefix+".data-00000-of-00001", test.data, 0o644)
		if err := readAll(prefix); err == nil || !strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), prefix) {
			t.Errorf("%s: got error %v, want one with %q and the path", test.name, err, test.says)
		}
	}
	if err := readAll("testdata/tensorflow/text.ckpt"); err == nil || !strings.Contains(err.Error(), "type 7") {
		t.Errorf("strings: %v", err)
	}
}

// readAll opens a checkpoint and reads every tensor until one fails.
func readAll(prefix string) error {
	bundle, err := openBundle(prefix)
	if err != nil {
		return err
	}
	defer disk.CloseAll(bundle.shards)
	for _, entry := range bundle.entries {
		if _, err := bundle.tensor(entry); err != nil {
			return err
		}
	}
	return nil
}

// Every bit of the index is under a checksum or checked by its meaning.
func TestFlippedBitsOfTheIndexNeverPanic(t *testing.T) {
	index, _ := os.ReadFile(golden + ".index")
	want, _, err := parseBundleIndex(index)
	if err != nil {
		t.Fatal(err)
	}
	for i := range index {
		index[i] ^= 0x10
		if got, _, err := parseBundleIndex(index); err == nil && len(got) != len(want) {
			t.Errorf("byte %d flipped: %d entries, no error", i, len(got))
		}
		index[i] ^= 0x10
	}
}

func FuzzCheckpointIndex(f *testing.F) {
	for _, name := range []string{golden, "testdata/tensorflow/types.ckpt", "testdata/tensorflow/text.ckpt"} {
		index, err := os.ReadFile(name + ".index")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(index)
	}
	f.Fuzz(func(t *testing.T, index []byte) {
		if _, _, err := parseBundleIndex(index); err == nil && len(index) < footerSize {
			t.Error("accepted a file shorter than a footer")
		}
	})
}

// FuzzCheckpointBlock feeds what checksums would shield: the entries of a block.
func FuzzCheckpointBlock(f *testing.F) {
	f.Add([]byte("\x00\x01\x02a\x08\x01\x01\x01\x02b\x08\x01\x00\x00\x00\x00\x01\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, block []byte) {
		eachInBlock(block, func(key, value []byte) error {
			parseBundleEntry(string(key), value)
			parseBundleHeader(value)
			return nil
		})
	})
}
