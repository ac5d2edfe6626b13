package weights

import (
	"math"
	"testing"
)

func TestDTypeNamesAreInverse(t *testing.T) {
	for d := Bool; d <= U64; d++ {
		if got, err := ParseDType(d.String()); err != nil || got != d || d.Size() == 0 {
			t.Errorf("%v: parsed as %v (size %d), error %v", d, got, d.Size(), err)
		}
	}
	if _, err := ParseDType("F31"); err == nil {
		t.Error("F31 was accepted")
	}
}

func TestByteSize(t *testing.T) {
	for _, test := range []struct {
		dtype DType
		shape []int64
		want  int64 // -1: an error
	}{
		{F32, nil, 4},
		{F32, []int64{2, 3}, 24},
		{BF16, []int64{5, 0}, 0},
		{F32, []int64{math.MaxInt64, math.MaxInt64, 0}, 0},
		{F32, []int64{-1, 0}, -1},
		{F32, []int64{1 << 32, 1 << 32}, -1},
		{U8, []int64{1 << 62, 4}, -1},
		{0, []int64{1}, -1},
	} {
		got, err := byteSize(test.dtype, test.shape)
		if (err != nil) != (test.want < 0) || err == nil && got != test.want {
			t.Errorf("%v %v: got %d, %v, want %d", test.dtype, test.shape, got, err, test.want)
		}
	}
}

func TestAlignedCopiesOnlyWhatIsNot(t *testing.T) {
	data := make([]byte, 17)
	for i := range data {
		data[i] = byte(i)
	}
	even := aligned(U8, data)
	if &even[0] != &data[0] {
		t.Error("bytes are always aligned, yet were copied")
	}
	odd := aligned(F64, data[1:9])
	if &odd[0] == &data[1] || string(odd) != string(data[1:9]) {
		t.Errorf("got %v at the same or another address", odd)
	}
}
