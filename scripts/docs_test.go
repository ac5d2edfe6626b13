package scripts

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gobert/internal/testkit"
)

// block is a fenced piece of shell in a document.
type block struct {
	line     int
	commands string
	skip     string // why it is not run
}

// needsData is the reason of blocks that are run by request, with GOBERT_LONG set, where the public data sets are: in the folder
// BERT_DATA. They take some ten minutes.
const needsData = "needs the files of $BERT_DATA"

// skipped says whether a block is not run, given the folder of the data sets; empty: they are not here.
func (b block) skipped(data string) bool { return b.skip != "" && (b.skip != needsData || data == "") }

// shellBlocks finds the blocks that begin with ```sh. One that a test cannot run says why: ```sh skip: needs a GPU.
func shellBlocks(text string) (blocks []block, faults []string) {
	fence := regexp.MustCompile("^```sh *(skip:)? *(.*)$")
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		found := fence.FindStringSubmatch(lines[i])
		if found == nil {
			continue
		}
		b := block{line: i + 1, skip: found[2]}
		if found[1] == "" && found[2] != "" || found[1] != "" && found[2] == "" {
			faults = append(faults, fmt.Sprintf("line %d: expected ```sh, or ```sh skip: and a reason", i+1))
		}
		for i++; i < len(lines) && lines[i] != "```"; i++ {
			b.commands += lines[i] + "\n"
		}
		blocks = append(blocks, b)
	}
	return blocks, faults
}

// TestDocumentsRun runs every command of the documents, those of one document in order and in one folder, which begins with
// what a checkout has. "pretrain", "finetune" and "serve" are on the PATH.
func TestDocumentsRun(t *testing.T) {
	if os.Getenv("GOBERT_LIBTORCH") == "" {
		t.Skip("LibTorch is not set up in this shell")
	}
	documents, err := filepath.Glob("../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	documents = append(documents, "../README.md", "../README.zh-TW.md", "../CONTRIBUTING.md")
	data := dataFolder(t)
	bin := programs(t, "cmd/pretrain", "cmd/finetune", "cmd/serve")
	for _, document := range documents {
		t.Run(filepath.Base(document), func(t *testing.T) {
			text, err := os.ReadFile(document)
			if err != nil {
				t.Fatal(err)
			}
			blocks, faults := shellBlocks(string(text))
			for _, fault := range faults {
				t.Errorf("%s: %s", document, fault)
			}
			folder := checkout(t)
			if strings.Contains(string(text), "demo/pretrained") {
				hardlyTrained(t, bin, folder)
			}
			for _, b := range blocks {
				if b.skipped(data) {
					continue
				}
				cmd := exec.Command("bash", "-euo", "pipefail", "-c", b.commands)
				cmd.Dir = folder
				cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "HF_HUB_OFFLINE=1", "BERT_DATA="+data)
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Fatalf("%s:%d: %v\n%s\n%s", document, b.line, err, b.commands, out)
				}
			}
		})
	}
}

// hardlyTrained makes the model that "make demo" leaves, after a few steps.
func hardlyTrained(t *testing.T, bin, folder string) {
	t.Helper()
	for _, args := range []string{
		"vocab testdata/demo/stories.txt --size 700 --out demo/vocab",
		"data testdata/demo/stories.txt --tokenizer demo/vocab --out demo/corpus",
		"train --data demo/corpus --model tiny --seq-length 32 --batch 8 --steps 10 --no-rehearse --out demo/pretrained",
	} {
		cmd := exec.Command(filepath.Join(bin, "pretrain"), strings.Fields(args)...)
		cmd.Dir = folder
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("pretrain %s: %v\n%s", args, err, out)
		}
	}
}

// dataFolder is the folder of the data sets; empty where there is none, or no time for them.
func dataFolder(t *testing.T) string {
	t.Helper()
	if os.Getenv("GOBERT_LONG") == "" {
		t.Log("GOBERT_LONG is not set: blocks that need the data sets are left out")
		return ""
	}
	return testkit.Data(t)
}

// checkout makes a folder with the files of a checkout, of which documents may name any.
func checkout(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, ".") || slices.Contains([]string{"bin", "demo", "gpu-day"}, name) { // what commands make
			continue
		}
		target, err := filepath.Abs(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestBlocksSayWhyTheyAreNotRun(t *testing.T) {
	blocks, faults := shellBlocks("```sh\na\nb\n```\ntext\n```sh skip: no GPU\nc\n```\n```go\nd\n```\n```sh skip:\ne\n```\n```sh why\nf\n```\n")
	if len(blocks) != 4 || blocks[0].commands != "a\nb\n" || blocks[0].skip != "" || blocks[1].skip != "no GPU" || blocks[1].line != 6 {
		t.Errorf("blocks %+v", blocks)
	}
	if len(faults) != 2 {
		t.Errorf("faults %q", faults)
	}
	blocks, _ = shellBlocks("```sh skip: needs the files of $BERT_DATA\na\n```\n")
	if len(blocks) != 1 || !blocks[0].skipped("") || blocks[0].skipped("data") {
		t.Errorf("a block that needs data: %+v", blocks)
	}
}
