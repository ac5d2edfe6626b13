package corpus

import (
	"fmt"

	"gobert/internal/fault"
)

// made is what decides what a corpus, or a part of one, holds.
type made struct {
	tokenizer TokenizerInfo
	settings  Settings
	sources   []Source
}

// sameAs names what differs between two corpora.
func (o *BuildOptions) sameAs(there, m *Manifest) error {
	what, args := differences(made{there.Tokenizer, there.Settings, there.Sources}, made{m.Tokenizer, m.Settings, m.Sources})
	if what == "" {
		return nil
	}
	return fault.New("corpus: %s holds a corpus that differs in "+what, append([]any{o.Folder}, args...)...).Advise("take another folder, or {overwrite}")
}

// differences lists what differs, for the format of an error of package fault, with its arguments.
func differences(there, here made) (what string, args []any) {
	a, b := there.settings, here.settings
	var differs []string
	for _, x := range []struct {
		name string
		same bool
	}{
		{"the tokenizer", there.tokenizer == here.tokenizer},
		{"{split}", (a.Split == nil) == (b.Split == nil) && (a.Split == nil || *a.Split == *b.Split)},
		{"{format}", a.Format == b.Format},
		{"{field}", a.Field == b.Field},
		{"{shard-size}", a.ShardSize == b.ShardSize},
		{"{heldout}", a.HeldOut == b.HeldOut},
		{"{seed}", a.Seed == b.Seed},
		{"{document-lines}", a.DocumentLines == b.DocumentLines},
	} {
		if !x.same {
			differs = append(differs, x.name)
		}
	}
	if source := differingSource(there.sources, here.sources); source != "" {
		differs, args = append(differs, "%s"), append(args, source)
	}
	return listed(differs), args
}

func differingSource(there, here []Source) string {
	if len(there) != len(here) {
		return fmt.Sprintf("the number of source files (%d, now %d)", len(there), len(here))
	}
	for i, s := range here {
		if s.Path != there[i].Path {
			return fmt.Sprintf("its source files (%s, now %s)", there[i].Path, s.Path)
		}
		if s.Size != there[i].Size {
			return fmt.Sprintf("the size of %s (%d, now %d)", s.Path, there[i].Size, s.Size)
		}
	}
	return ""
}
