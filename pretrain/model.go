package pretrain

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"

	"gobert/bert"
	"gobert/heads"
	"gobert/internal/fault"
	"gobert/internal/torch"
)

// built is a model that is ready to be trained.
type built struct {
	network *heads.Pretraining
	drawn   []string // parameters that the checkpoint lacks
	unused  []string // and those it has too many
}

// vocabularyOf says what the model must be able to read.
type vocabularyOf struct {
	size, pad int
}

// model builds the network: from the configuration, or as the checkpoint that is resumed has it.
func (t *training) model(ctx context.Context) error {
	c, pad := t.config, int(t.texts.Tokenizer.Special().Pad)
	b, err := &built{}, error(nil)
	if t.Checkpoint == "" {
		b, err = c.build(ctx, vocabularyOf{t.texts.Tokenizer.Size(), pad}, bert.Options{Progress: t.Talk.Files, Warn: t.Talk.Warn})
	} else if config, unread := bert.ReadConfig(t.Checkpoint); unread != nil {
		err = fault.New("{resume}: %w", unread)
	} else {
		b.network, err = c.network(config)
	}
	if err != nil {
		return err
	}
	t.network = b.network
	t.Defer(t.network.Bert.Close)
	if len(b.drawn) > 0 {
		t.Talk.Log.Warn("the checkpoint lacks parameters, which are drawn anew", "count", len(b.drawn), "first", b.drawn[0])
	}
	if len(b.unused) > 0 {
		t.Talk.Log.Info("the checkpoint holds parameters that pretraining has no use for", "count", len(b.unused), "first", b.unused[0])
	}
	return nil
}

// build makes the network that the configuration asks for, with its weights on the CPU: drawn from the seed, or a
// checkpoint's.
func (c *Config) build(ctx context.Context, v vocabularyOf, o bert.Options) (*built, error) {
	switch {
	case slices.Contains(bert.SizeNames(), c.Model):
		config, err := bert.Size(c.Model)
		if err != nil {
			return nil, err
		}
		config.VocabSize = v.size
		if v.pad >= 0 {
			config.PadTokenID = &v.pad
		}
		config.MaxPositions = max(config.MaxPositions, c.longest())
		return c.fresh(config, v)
	case strings.HasSuffix(c.Model, ".json"):
		config, err := bert.ReadConfig(c.Model)
		if err != nil {
			return nil, fault.New("{model}: %w", err)
		}
		return c.fresh(config, v)
	}
	return c.further(ctx, v, o)
}

// adapt applies the flags that change a configuration, and looks for what contradicts the data.
func (c *Config) adapt(config *bert.Config, v vocabularyOf) error {
	if c.Dropout >= 0 {
		config.HiddenDropout = c.Dropout
	}
	if c.AttentionDropout >= 0 {
		config.AttentionDropout = c.AttentionDropout
	}
	if c.Positions > 0 {
		config.MaxPositions = c.Positions
	}
	var faults []error
	if config.VocabSize < v.size {
		faults = append(faults, fault.Usage("{model}: %s has a vocabulary of %d, the tokenizer of the corpus one of %d", c.Model, config.VocabSize, v.size).
			Advise("make the corpus with the model's own tokenizer, or set vocab_size"))
	}
	if n := c.longest(); n > config.MaxPositions {
		faults = append(faults, fault.Usage("{seq-length}: sequences of %d tokens do not fit the %d positions of %s", n, config.MaxPositions, c.Model).
			Advise("{positions} %d", n))
	}
	if c.NSP && config.TypeVocabSize < 2 {
		faults = append(faults, fault.Usage("{nsp}: %s knows one token type, pairs need two", c.Model).Advise("{no-nsp}"))
	}
	return errors.Join(faults...)
}

func (c *Config) network(config bert.Config) (*heads.Pretraining, error) {
	if c.NSP {
		return heads.NewPretraining(config)
	}
	return heads.NewMaskedLM(config)
}

// scratch says whether all weights are drawn.
func (c *Config) scratch() bool {
	return slices.Contains(bert.SizeNames(), c.Model) || strings.HasSuffix(c.Model, ".json")
}

// origin says for people where the weights of a run came from when it began.
func (c *Config) origin() string {
	if c.scratch() {
		return c.absolute().Model + ", from scratch"
	}
	return "going on from " + c.absolute().Model
}

// fresh draws all weights.
func (c *Config) fresh(config bert.Config, v vocabularyOf) (*built, error) {
	if err := c.adapt(&config, v); err != nil {
		return nil, err
	}
	n, err := c.network(config)
	if err != nil {
		return nil, fault.New("{model}: %w", err)
	}
	if _, err := bert.Flatten(n, torch.CPU); err != nil {
		return nil, err
	}
	return &built{network: n}, torch.Run(func() error {
		bert.Initialize(bert.Parameters(n), config.InitializerRange, c.Seed)
		return nil
	})
}

// further goes on from a checkpoint's weights.
func (c *Config) further(ctx context.Context, v vocabularyOf, o bert.Options) (*built, error) {
	path := c.Model
	checkpoint, err := bert.Open(ctx, path, o.Progress)
	if err != nil {
		wrong := fault.New("{model}: %w", err)
		if _, missing := os.Stat(path); missing == nil || len(fault.Lines(err, fault.Flag)[0].Hints) > 0 {
			return nil, wrong
		}
		return nil, wrong.Advise("one of %s, a config.json, or a model folder", strings.Join(bert.SizeNames(), ", "))
	}
	checkpoint.Stretch(c.Positions)
	if err := c.adapt(&checkpoint.Config, v); err != nil {
		return nil, errors.Join(err, checkpoint.Close())
	}
	n, err := c.network(checkpoint.Config)
	if err != nil {
		return nil, errors.Join(fault.New("{model}: %w", err), checkpoint.Close())
	}
	o.Seed = c.Seed
	report, err := checkpoint.Place(n, o)
	if err != nil {
		return nil, fault.New("{model}: %w", err)
	}
	if len(report.Loaded) == 0 {
		return nil, errors.Join(fault.New("{model}: %s holds no weight of a BERT: it is of another architecture", path), n.Bert.Close())
	}
	return &built{network: n, drawn: report.Initialized, unused: report.Unused}, nil
}
