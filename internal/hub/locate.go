package hub

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gobert/internal/disk"
	"gobert/internal/fault"
	"gobert/internal/ui"
)

// Locate finds a model: a folder, a file in one, or a name on the hub, which is downloaded. It gives the path, and the folder that it is
// or lies in, which has a configuration. An error says what is there instead, or was meant; it does not name this package.
func Locate(ctx context.Context, name string, progress func(file string, done, total int64)) (path, folder string, err error) {
	if err := ctx.Err(); err != nil {
		return "", "", err
	}
	info, err := os.Stat(name)
	if err != nil {
		if index, indexErr := os.Stat(name + ".index"); indexErr == nil { // the prefix of a TensorFlow checkpoint
			name, info, err = name+".index", index, nil
		}
	}
	if err == nil {
		path, folder = name, name
		if !info.IsDir() {
			folder = filepath.Dir(name)
		}
		return path, folder, lacking(folder)
	}
	folder, err = download(ctx, name, progress)
	return folder, folder, err
}

// download gives the folder that the hub's model of a name is in.
func download(ctx context.Context, name string, progress func(file string, done, total int64)) (string, error) {
	if name == "" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "/") || strings.Count(name, "/") > 1 {
		return "", fault.New("%w", disk.Kind(fs.ErrNotExist, fmt.Sprintf("there is no folder %q", name))).Advise("%s", meant(name, ""))
	}
	client, err := FromEnvironment()
	if err != nil {
		return "", err
	}
	if client.Progress = progress; progress != nil && !client.Offline {
		progress(name+" at "+client.Endpoint, 0, -1)
	}
	folder, err := client.Model(ctx, name)
	switch {
	case err == nil:
		return folder, lacking(folder)
	case ctx.Err() != nil:
		return "", ctx.Err()
	case errors.Is(err, ErrUnreachable):
		return "", fault.New("there is no folder %q here, and the hub could not be asked for a model of that name: %w", name, err).
			Advise("%s", meant(name, "without network, download it elsewhere and give its folder; HF_HUB_OFFLINE=1 never asks"))
	}
	return "", fault.New("there is no folder %q here, and as a model of the hub: %w", name, err).Advise("%s", meant(name, ""))
}

// meant hints at a folder whose name is like the one that is not there, and at what else helps.
func meant(name, more string) string {
	parent := filepath.Dir(name)
	entries, _ := os.ReadDir(parent) // where it cannot be read nothing is near
	var folders []string
	for _, e := range entries {
		if info, err := os.Stat(filepath.Join(parent, e.Name())); err == nil && info.IsDir() {
			folders = append(folders, e.Name())
		}
	}
	hint := more
	if guess := ui.Nearest(filepath.Base(name), folders); guess != "" {
		hint = fmt.Sprintf("did you mean %s? %s", filepath.Join(parent, guess), more)
	}
	return strings.TrimSpace(hint)
}

// lacking says what a folder is that has no configuration of a model: people give the folder of a run that has saved nothing yet,
// of a tokenizer, or of a corpus.
func lacking(folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil //nolint:nilerr // opening the files says it better
	}
	has := func(names ...string) bool {
		return slices.ContainsFunc(entries, func(e os.DirEntry) bool { return slices.Contains(names, e.Name()) })
	}
	if has("config.json", "bert_config.json") {
		return nil
	}
	saved, _ := os.ReadDir(filepath.Join(folder, "checkpoints")) // none where there is no such folder
	goOn := fault.Command("go on with it: its own command, with {out} %s {resume} auto", folder)
	what, hint := "there is no config.json", "expected config.json and weights: a run that train made, or a model in Hugging Face's format"
	switch {
	case len(entries) == 0:
		what = "it is empty"
	case len(saved) > 0:
		what, hint = "it is a run that was not finished", "use "+filepath.Join(folder, "checkpoints", saved[len(saved)-1].Name())+", or "+goOn
	case has("run.json", "metrics.jsonl"):
		what, hint = "it is a run that has saved no model yet", "wait for its first checkpoint, or "+goOn
	case has("manifest.json", "building.json"):
		what, hint = "it is a corpus", fault.Command("train on it first: pretrain train {data} %s", folder)
	case has("adapter_config.json"):
		what, hint = "it is an adapter of another model", "finetune merge makes one model of both"
	case has("tokenizer.json", "vocab.txt"):
		what = "it is a tokenizer, without config.json and weights"
	}
	return fault.New("%s holds no model: %s", folder, what).Advise("%s", hint)
}
