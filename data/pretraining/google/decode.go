package google

import (
	"fmt"
	"math"

	"gobert/data"
	"gobert/internal/tensorflow"
)

// appendFields appends an example without its padding. Nothing is appended
// where there is an error.
func appendFields(b *data.Batch, f *tensorflow.Fields) error {
	length, err := checkTokens(f)
	if err != nil {
		return err
	}
	predictions, err := checkMasks(f, length)
	if err != nil {
		return err
	}
	next := f.Ints[nextLabels]
	if len(next) != 1 || next[0] != 0 && next[0] != 1 {
		return fmt.Errorf("%s is %v, expected one 0 or 1", nextLabels, next)
	}
	start := b.Begin()
	for i := range length {
		b.IDs = append(b.IDs, int32(f.Ints[inputIDs][i]))
		b.Types = append(b.Types, int32(f.Ints[segmentIDs][i]))
	}
	for i := range predictions {
		b.MaskedRows = append(b.MaskedRows, int32(start)+int32(f.Ints[positions][i]))
		b.MaskedIDs = append(b.MaskedIDs, int32(f.Ints[labels][i]))
	}
	b.Next = append(b.Next, int32(next[0]))
	b.End()
	return nil
}

// checkTokens returns the number of tokens before the padding.
func checkTokens(f *tensorflow.Fields) (int, error) {
	ids, mask, segments := f.Ints[inputIDs], f.Ints[inputMask], f.Ints[segmentIDs]
	if len(ids) == 0 || len(mask) != len(ids) || len(segments) != len(ids) {
		return 0, fmt.Errorf("%d %s, %d %s, %d %s, expected equally many and at least one (is this BERT pretraining data?)",
			len(ids), inputIDs, len(mask), inputMask, len(segments), segmentIDs)
	}
	length := 0
	for length < len(mask) && mask[length] == 1 {
		length++
	}
	for i, m := range mask[length:] {
		if m != 0 || length == 0 {
			return 0, fmt.Errorf("%s has %d at %d, expected ones and then zeros", inputMask, m, length+i)
		}
	}
	for i := range length {
		if ids[i] < 0 || ids[i] > math.MaxInt32 || segments[i] < 0 || segments[i] > math.MaxInt32 {
			return 0, fmt.Errorf("token %d has id %d and segment %d, expected ids of a vocabulary", i, ids[i], segments[i])
		}
	}
	return length, nil
}

// checkMasks returns the number of predictions before the padding, whose
// weight is 0.
func checkMasks(f *tensorflow.Fields, length int) (int, error) {
	rows, originals, weight := f.Ints[positions], f.Ints[labels], f.Floats[weights]
	if len(originals) != len(rows) || len(weight) != len(rows) {
		return 0, fmt.Errorf("%d %s, %d %s, %d %s, expected equally many",
			len(rows), positions, len(originals), labels, len(weight), weights)
	}
	count, before := 0, int64(-1)
	for ; count < len(rows) && weight[count] > 0; count++ {
		if rows[count] <= before || rows[count] >= int64(length) || originals[count] < 0 || originals[count] > math.MaxInt32 {
			return 0, fmt.Errorf("prediction %d is of position %d and id %d, expected positions that ascend below %d, and ids of a vocabulary",
				count, rows[count], originals[count], length)
		}
		before = rows[count]
	}
	return count, nil
}
