package badinput

import (
	"strings"

	"gobert/bert"
	"gobert/data/wordpiece"
	"gobert/internal/torch"
)

// vocabulary are the words of the tests' texts.
const vocabulary = "[PAD] [UNK] [CLS] [SEP] [MASK] a the it is was very not good bad fine poor film book story play I we like hate love who " +
	"wrote sings in Rome Paris Bob Ann lives went to . , ? rain sun falls shines today ##s ##ed ##ing walk talk 0 1 2"

// WriteTiny saves a small random model: what a test can train in a second.
func WriteTiny(folder string) error {
	t, err := wordpiece.New(strings.Fields(vocabulary), wordpiece.DefaultOptions(false))
	if err != nil {
		return err
	}
	c := bert.DefaultConfig()
	c.VocabSize, c.HiddenSize, c.NumLayers, c.NumHeads, c.IntermediateSize, c.MaxPositions = t.Size(), 16, 2, 2, 32, 64
	m, err := bert.New(c, true)
	if err != nil {
		return err
	}
	store, err := bert.Flatten(m, torch.CPU)
	if err != nil {
		return err
	}
	if err := torch.Run(func() error { bert.Initialize(store.Parameters, 0.3, 7); return nil }); err != nil {
		return err
	}
	return bert.Replace(folder, func(folder string) error {
		if err := bert.Write(m, folder, bert.SaveOptions{}); err != nil {
			return err
		}
		return t.Save(folder)
	})
}
