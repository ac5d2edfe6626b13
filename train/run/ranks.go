package run

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/bits"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"gobert/internal/fault"
	"gobert/internal/parts"
	"gobert/internal/ranks"
	"gobert/internal/settings"
	"gobert/internal/torch"
	"gobert/internal/torch/collective"
	"gobert/train"
)

// Ranks say into how many parts an update is divided, and how many processes compute them.
type Ranks struct {
	Parts       int      `json:"parts" group:"Several processes" default:"0" help:"Cut each batch into so many parts (1, 2, 4, ...), each computed by itself: any number of ranks up to that gives the same bits. 0: 8 where there are ranks, else it is not cut."`
	Ranks       Number   `json:"-" least:"-1" group:"Several processes" default:"0" placeholder:"N|auto" help:"Processes on this machine that train one model together (1, 2, 4, ...); auto: as many as it has GPUs, or without any cores, up to the parts. Leave it out under torchrun, srun or mpirun."`
	RankTimeout Duration `json:"-" name:"rank-timeout" group:"Several processes" default:"10s" help:"A rank that gives no sign of life for so long is lost, and the run with it; --resume auto goes on."`
}

// Number is how many ranks were asked for: 0 for nothing, or [Auto].
type Number int

// Auto leaves the number to the machine.
const Auto Number = -1

// UnmarshalText reads a number or auto.
func (n *Number) UnmarshalText(text []byte) error {
	if string(text) == "auto" {
		*n = Auto
		return nil
	}
	x, err := strconv.ParseUint(string(text), 10, 31)
	if err != nil {
		return fmt.Errorf("%q is neither auto nor a number of processes such as 2 or 4", text)
	}
	*n = Number(x)
	return nil
}

// usualParts is enough for what one machine has, and leaves each part work.
const usualParts = 8

// Launching says how many processes are to be started, 0 for as many as the environment says, and how long one may be silent.
func (c *Config) Launching() (asked int, timeout time.Duration) {
	asked = int(c.Ranks.Ranks)
	if c.Ranks.Ranks == Auto {
		most := c.Parts
		if most == 0 {
			most = usualParts
		}
		asked = 1 << (bits.Len(uint(min(c.rooms(), most))) - 1)
	}
	return asked, time.Duration(c.RankTimeout)
}

// rooms is for how many ranks this machine has room: its GPUs, where these compute, else its cores.
func (c *Config) rooms() int {
	switch cards := ranks.Cards(os.LookupEnv); {
	case strings.HasPrefix(c.Device, "cuda:"):
		return 1
	case (c.Device == "auto" || c.Device == "cuda") && cards > 0:
		return cards
	}
	return runtime.NumCPU()
}

// find is the place of this process, and completes the settings.
func (c *Config) find() (ranks.Place, error) {
	asked, _ := c.Launching()
	place, err := ranks.Find(os.LookupEnv, asked)
	switch {
	case err != nil:
		return place, err
	case place.Starts() > 0:
		return place, fault.Usage("{ranks} is %d: only the commands start processes, and this is one", place.Size)
	case time.Duration(c.RankTimeout) < time.Second:
		return place, fault.Usage("{rank-timeout} is %v: expected 1s or more", c.RankTimeout)
	}
	if c.Parts == 0 && (asked > 0 || !place.Alone()) {
		c.Parts = max(usualParts, place.Size)
	}
	if c.Parts == 0 {
		return place, nil
	}
	return place, parts.Check(c.Parts, place.Size)
}

// silent is how the ranks talk that are not the first: the end of their work is theirs to tell, and they do that by an error.
func silent(talk train.Talk) train.Talk {
	return train.Talk{Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Quiet: true, Begin: talk.Begin}
}

// Leads says whether this process writes the folder and speaks: rank 0.
func (r *Run[B, C]) Leads() bool { return r.place.First() }

// Rank is the number of this process.
func (r *Run[B, C]) Rank() int { return r.place.Rank }

// ByRank0 is the evaluation of all other ranks, which are told what rank 0 has found.
func (r *Run[B, C]) ByRank0(context.Context) ([]train.Value, error) {
	return nil, errors.New("run: another rank than 0 was to evaluate")
}

// Meet connects the ranks of the run, which must be of one program, on like machines, with the same settings, data and checkpoint.
// Without parts there is nobody to meet.
func (r *Run[B, C]) Meet(ctx context.Context, declaration any, data string) error {
	if r.Config.Parts == 0 {
		return nil
	}
	tell := func(missing []int) {
		r.Talk.Log.Info("waiting for " + ranks.Names(missing) + " at " + r.place.Meeting())
	}
	world, err := collective.Meet(ctx, collective.Options{Place: r.place, Timeout: time.Duration(r.Config.RankTimeout), Tell: tell})
	if err != nil {
		return err
	}
	r.Defer(func() error {
		if err := world.Close(); r.world != nil {
			return err
		}
		return nil // what went wrong was told
	})
	if err := world.Agree(ctx, r.facts(declaration, data)); err != nil {
		return err
	}
	if err := world.Join(ctx, r.Device); err != nil {
		return err
	}
	r.world = world
	r.team, err = parts.New(world, r.Config.Parts)
	return err
}

// facts are what must not differ, so that all compute the same.
func (r *Run[B, C]) facts(declaration any, data string) []ranks.Fact {
	checkpoint := "none"
	if r.Checkpoint != "" {
		checkpoint = fmt.Sprintf("%s (%d tokens seen)", filepath.Base(r.Checkpoint), r.Was.Tokens)
	}
	device := "cpu"
	if r.Device.IsCUDA() {
		device = "cuda"
	}
	facts := []ranks.Fact{
		{Name: "the version", Value: version(), Hint: "install one build on all machines"},
		{Name: "LibTorch", Value: torch.Version(), Hint: "install one LibTorch on all machines"},
		{Name: "the device", Value: device, Hint: fault.Command("{device} says where to compute")},
		{Name: "the processor's instructions", Value: torch.CPUCapability(), Hint: "ATEN_CPU_CAPABILITY=avx2 on all machines is what the older ones have"},
		{Name: "the number of threads", Value: fmt.Sprint(torch.Threads()), Hint: fault.Command("give {threads}, the same on all machines")},
		{Name: fault.Command("{tf32}"), Value: fmt.Sprint(r.Config.TF32), Hint: "give all ranks the same command"},
		{Name: fault.Command("{deterministic}"), Value: fmt.Sprint(r.Config.Deterministic), Hint: "give all ranks the same command"},
		{Name: "the data", Value: data, Hint: "copy it from one machine to the others, or use a folder that all see"},
		{Name: "the checkpoint to go on from", Value: checkpoint, Hint: fault.Command("{out} must be a folder that all machines see")},
	}
	for _, f := range settings.Fields(declaration) {
		_, free := f.Tag.Lookup("free")
		if f.Key == "" || free && f.Name != "save-every" {
			continue
		}
		value, err := json.Marshal(f.Value.Interface())
		if err != nil {
			value = []byte(err.Error())
		}
		facts = append(facts, ranks.Fact{Name: fault.Command("{" + f.Name + "}"), Value: string(value), Hint: "give all ranks the same command"})
	}
	return facts
}

// version tells builds apart.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	text := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" || s.Key == "vcs.modified" {
			text += " " + s.Value
		}
	}
	return text
}

// part ends the work with the other ranks: all end together, so that none is taken for lost while rank 0 still writes; or they are told
// what went wrong here.
func (r *Run[B, C]) part(err error) error {
	switch world := r.world; {
	case world == nil:
		return err
	case err == nil || errors.Is(err, train.ErrInterrupted):
		return errors.Join(err, world.Barrier())
	default:
		r.world = nil
		return world.Fail(err)
	}
}
