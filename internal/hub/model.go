package hub

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"

	"gobert/internal/sentencetransformers"
	"gobert/internal/weights"
)

// TokenizerFiles are what a folder has beside the model to read text; any may be missing.
func TokenizerFiles() []string {
	return []string{"tokenizer.json", "vocab.txt", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"}
}

// Model fetches what is needed to run the model called name ("owner/name" or
// "owner/name@revision") and gives the folder with its files.
func (c *Client) Model(ctx context.Context, name string) (folder string, err error) {
	repo, err := ParseRepo(name)
	if err != nil {
		return "", err
	}
	config, err := c.File(ctx, repo, "config.json")
	if err != nil {
		return "", err
	}
	folder = filepath.Dir(config)
	// All files come from the commit of the first, even if someone pushes meanwhile.
	repo.Revision = filepath.Base(folder)
	for _, file := range TokenizerFiles() {
		if _, err := c.File(ctx, repo, file); err != nil && !lacked(err) {
			return "", err
		}
	}
	if err := c.sentences(ctx, repo); err != nil {
		return "", err
	}
	for _, file := range weights.Candidates() {
		local, err := c.File(ctx, repo, file)
		if err == nil {
			return folder, c.shards(ctx, repo, local)
		}
		if !lacked(err) {
			return "", err
		}
	}
	_, err = c.File(ctx, repo, weights.ModelFile)
	return "", err
}

// lacked says of an error that there is no such file: on the hub, or in a cache without a way to the hub.
func lacked(err error) bool { return errors.Is(err, ErrNotFound) || errors.Is(err, ErrUnreachable) }

// sentences fetches what a model of sentence-transformers has beside its network: settings, and the weights of its modules.
func (c *Client) sentences(ctx context.Context, repo Repo) error {
	path, err := c.File(ctx, repo, sentencetransformers.ModulesFile)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	modules, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("hub: %w", err)
	}
	settings, alternatives, err := sentencetransformers.Files(modules)
	if err != nil {
		return nil //nolint:nilerr // whoever reads the vectors' settings refuses them; the network may serve all the same
	}
	for _, file := range settings {
		if _, err := c.File(ctx, repo, file); err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	for _, files := range alternatives {
		for _, file := range files {
			_, err := c.File(ctx, repo, file)
			if err == nil {
				break
			}
			if !errors.Is(err, ErrNotFound) {
				return err
			}
		}
	}
	return nil
}

// shards fetches the files that an index names; any other file names none.
func (c *Client) shards(ctx context.Context, repo Repo, index string) error {
	if path.Ext(index) != ".json" {
		return nil
	}
	read, err := weights.ReadIndex(index)
	if err != nil {
		return fmt.Errorf("hub: %s@%s: %w", repo.ID, repo.Revision, err)
	}
	for _, file := range slices.Compact(slices.Sorted(maps.Values(read.WeightMap))) {
		if _, err := c.File(ctx, repo, file); err != nil {
			return err
		}
	}
	return nil
}
