package parts

import (
	"context"
	"encoding/binary"
	"errors"
	"hash/fnv"
	"io"
	"math"
	"math/rand/v2"
	"net"
	"sync"
	"testing"

	"gobert/internal/ranks"
	"gobert/internal/torch"
	"gobert/internal/torch/collective"
)

// together calls work on so many ranks at a time, each a goroutine of this process, with a team for eight parts.
func together(t *testing.T, size int, work func(world *collective.World, team *Team) error) {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := free.Addr().(*net.TCPAddr).Port
	_ = free.Close()
	var all sync.WaitGroup
	for rank := range size {
		all.Go(func() {
			place := ranks.Place{Rank: rank, Size: size, LocalRank: rank, LocalSize: size, Address: "127.0.0.1", Port: port}
			world, err := collective.Meet(context.Background(), collective.Options{Place: place})
			if err != nil {
				t.Error(err)
				return
			}
			team, err := New(world, 8)
			if err == nil {
				err = work(world, team)
			}
			if err != nil {
				err = world.Fail(err)
			}
			if err := errors.Join(err, world.Close()); err != nil {
				t.Errorf("rank %d of %d: %v", rank, size, err)
			}
		})
	}
	all.Wait()
}

// numbers is how long the gradient is: some blocks, the last of which ends in the middle of a norm block.
const numbers = 5*blockSize/2 + 777

// trained leaves a frozen run in the middle of the gradient.
var trained = []torch.Part{{Begin: 0, Count: 100}, {Begin: 100, Count: numbers / 2}, {Begin: numbers/2 + 30_000, Count: numbers/2 - 30_000}}

// layers begin wherever they do: within a norm block, in what is frozen.
var layers = []int64{70_001, 70_002, numbers / 3, numbers/2 + 20_000, numbers - 200_000, numbers - 5}

// gradient fills a part's.
func gradient(into *torch.Tensor, part int) {
	r := rand.New(rand.NewPCG(7, uint64(part)))
	memory := into.Memory()
	for _, p := range trained {
		for i := p.Begin; i < p.Begin+p.Count; i++ {
			binary.LittleEndian.PutUint32(memory[4*i:], math.Float32bits(float32(r.NormFloat64())))
		}
	}
}

// pieces are parameters within what is trained: short and long ones, a biased one, and one of many blocks.
func pieces() (list []torch.Part) {
	for _, p := range trained {
		for at, n := p.Begin, int64(50); at < p.Begin+p.Count; n *= 7 {
			n = min(n, p.Begin+p.Count-at)
			list = append(list, torch.Part{Begin: at, Count: n, Adapt: n != 350})
			at += n
		}
	}
	return list
}

// lengths are what LAMB needs of this rank's pieces, by where the whole ones begin; what others update is spoilt.
func lengths(team *Team, gradient *torch.Tensor) (of map[int64][2]float64, err error) {
	flat := torch.NewEmpty(torch.Float32, torch.CPU, numbers)
	defer flat.Free()
	own, _ := team.Held(pieces())
	err = torch.Run(func() error {
		flat.Fill(math.NaN())
		for _, p := range own {
			to, from := flat.View(p.Begin, p.Count), gradient.View(p.Begin, p.Count)
			to.CopyFrom(from, false)
			torch.FreeAll([]*torch.Tensor{to, from})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	squares, err := team.Lengths(pieces()).Squares(flat, flat)
	of = map[int64][2]float64{}
	for i, p := range own {
		for _, whole := range pieces() {
			if whole.Begin <= p.Begin && p.Begin < whole.Begin+whole.Count {
				of[whole.Begin] = [2]float64{squares[2*i], squares[2*i+1]}
			}
		}
	}
	return of, err
}

func hash(t *torch.Tensor) uint64 {
	h := fnv.New64a()
	_, _ = h.Write(t.Memory())
	return h.Sum64()
}

// TestRanksDoNotMatter: the sum of eight parts' gradients, its norm and the sums of measures have the same bits on 1, 2, 4 and 8 ranks; a rank
// holds a part of the moments, sends little, and nothing where nothing is trained.
func TestRanksDoNotMatter(t *testing.T) {
	var wantSum, wantMoments uint64
	var want Settled
	var wantLengths map[int64][2]float64
	for _, size := range []int{1, 2, 4, 8} {
		together(t, size, func(world *collective.World, team *Team) error {
			flat := torch.NewZeros(torch.Float32, torch.CPU, numbers)
			defer flat.Free()
			defer team.Free()
			if err := team.Bind(flat, trained, layers); err != nil {
				return err
			}
			var measures [][]float64
			for i := range team.Own() {
				err := torch.Run(func() error {
					reached := team.Begin(i)
					gradient(flat, team.First()+i)
					if reached != nil {
						for layer := range layers[1:] {
							reached(len(layers) - 2 - layer)
						}
					}
					team.Collect(i)
					return nil
				})
				if err != nil {
					return err
				}
				measures = append(measures, []float64{1 / float64(3+team.First()+i), 1})
			}
			settled, err := team.Settle(measures, float64(team.First()+1))
			if err != nil {
				return err
			}
			of, err := lengths(team, flat)
			if err != nil {
				return err
			}
			if size == 1 {
				wantLengths = of
			}
			for begin, got := range of {
				if got != wantLengths[begin] || got[0] != got[1] {
					t.Errorf("%d ranks: the parameter at %d has the squares %v, want %v", size, begin, got, wantLengths[begin])
				}
			}
			before := world.Sent()
			if err := team.Gather(flat); err != nil {
				return err
			}
			sum, sent := hash(flat), world.Sent()
			_, own := team.Held(nil)
			moments := torch.NewZeros(torch.Float32, torch.CPU, own)
			defer moments.Free()
			if err := torch.Run(func() error { team.Take(moments, flat); team.Clear(); return nil }); err != nil {
				return err
			}
			whole, release, err := team.Bring(moments)
			if err != nil {
				return err
			}
			defer release()
			if size == 1 {
				wantSum, want, wantMoments = sum, settled, hash(whole[0])
				return nil
			}
			if sum != wantSum || settled.Squares != want.Squares || settled.Measures[0] != want.Measures[0] || settled.Measures[1] != 8 || settled.First != 1 {
				t.Errorf("%d ranks: sum %x, want %x; settled %+v, want %+v", size, sum, wantSum, settled, want)
			}
			if team.Leads() && hash(whole[0]) != wantMoments {
				t.Errorf("%d ranks: the moments are other ones", size)
			}
			learnt := trained[1].Count + trained[2].Count + 100
			if share := float64(own) / float64(learnt); share > 1.1/float64(size) {
				t.Errorf("%d ranks: one holds %.3f of the moments", size, share)
			}
			bytes := 4 * float64(learnt) * float64(size-1) / float64(size)
			if gathered := float64(sent - before); gathered > 1.1*bytes || float64(before) > 1.12*bytes {
				t.Errorf("%d ranks: sent %d bytes to sum and %.0f to gather, expected %.0f", size, before, gathered, bytes)
			}
			return nil
		})
	}
}

// TestWhole: all ranks know what all parts have, and end together.
func TestWhole(t *testing.T) {
	together(t, 4, func(_ *collective.World, team *Team) error {
		var own []Count
		for i := range team.Own() {
			own = append(own, Count{Tokens: 10, FLOPs: 2, Amounts: []float64{float64(team.First() + i), 1}})
		}
		var twice []Count // of each part, one of either batch
		for i := range own {
			twice = append(twice, own[i], Count{Tokens: 1})
		}
		if two, err := team.Whole(twice, 2, false); err != nil || two[0].Tokens != 80 || two[0].Amounts[0] != 28 || two[1].Tokens != 8 || two[1].Amounts[0] != 0 {
			t.Errorf("%+v %v", two, err)
		}
		all, err := team.Whole(own, 1, false)
		if whole := all[0]; err != nil || whole.Tokens != 80 || whole.FLOPs != 16 || whole.Amounts[0] != 28 || whole.Amounts[1] != 8 {
			t.Errorf("%+v %v", whole, err)
		}
		if _, err := team.Whole(own, 1, team.First() == 2); !errors.Is(err, ErrStopped) {
			t.Errorf("one is stopped: %v", err)
		}
		if _, err := team.Whole(nil, 1, false); !errors.Is(err, io.EOF) {
			t.Errorf("all have ended: %v", err)
		}
		if team.Leads() {
			own = nil
		}
		if _, err := team.Whole(own, 1, false); err == nil || errors.Is(err, io.EOF) {
			t.Errorf("one has ended: %v", err)
		}
		told := struct{ X float64 }{}
		if team.Leads() {
			told.X = math.Inf(1)
		}
		if err := team.Tell(&told); err != nil || !math.IsInf(told.X, 1) {
			t.Errorf("told %v, %v", told, err)
		}
		return nil
	})
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		parts, ranks int
		good         bool
	}{{1, 1, true}, {8, 8, true}, {8, 2, true}, {0, 1, false}, {3, 1, false}, {-4, 1, false}, {2, 4, false}} {
		if err := Check(c.parts, c.ranks); (err == nil) != c.good {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
