package cli

import (
	"context"
	"os"
	"time"

	"gobert/internal/fault"
	"gobert/internal/parts"
	"gobert/internal/ranks"
	"gobert/internal/torch"
	"gobert/train/run"
)

// Doctor is the verb that examines the machine, or the connections between several.
type Doctor struct {
	Device      string       `help:"Device to test: auto, cpu, cuda or cuda:N." default:"auto"`
	Ranks       string       `type:"ranks" placeholder:"N" help:"Try the connections between processes instead: --ranks those of torchrun, srun, mpirun or Kubeflow, which started this command, --ranks N so many that are started here."`
	RankTimeout run.Duration `default:"10s" with:"ranks" help:"A rank that gives no sign of life for so long is lost."`
	JSON        bool         `help:"Write the report as JSON." name:"json"`
}

// byLauncher is the value of --ranks alone: the environment says how many there are.
const byLauncher = "all"

// asked is how many ranks are to be started here; 0 is for the environment to say.
func (d *Doctor) asked() (n int, err error) {
	if d.Ranks == "" || d.Ranks == byLauncher {
		return 0, nil
	}
	var number run.Number
	if err := number.UnmarshalText([]byte(d.Ranks)); err != nil || number < 1 {
		return 0, fault.Usage("{ranks} is %q: expected 1, 2, 4, 8, ..., or nothing under a launcher", d.Ranks)
	}
	return int(number), ranks.CheckSize(int(number))
}

// Launching says how many processes are to be started.
func (d *Doctor) Launching() (asked int, timeout time.Duration) {
	asked, err := d.asked()
	if err != nil || d.Ranks == "" {
		return 1, 0 // this one, which says what is wrong
	}
	return asked, time.Duration(d.RankTimeout)
}

// Run prints the report; problems make the command fail.
func (d *Doctor) Run(ctx context.Context, s *Streams) error {
	if d.Ranks != "" {
		return d.connections(ctx, s)
	}
	r, err := examine(d.Device)
	if err != nil {
		return fault.Usage("%w", err)
	}
	if d.JSON {
		err = IndentedJSON(s.Out, r)
	} else {
		err = r.print(s.Out)
	}
	if err == nil && !r.Healthy {
		err = errUnhealthy
	}
	return err
}

// connections tries what is between the ranks. Rank 0 tells of all.
func (d *Doctor) connections(ctx context.Context, s *Streams) error {
	asked, err := d.asked()
	if err != nil {
		return err
	}
	place, err := ranks.Find(os.LookupEnv, asked)
	switch {
	case err != nil:
		return err
	case place.Alone():
		return fault.Usage("{ranks}: this is one process, and nobody is there to be connected with").
			Advise("{ranks} 2 starts two on this machine; torchrun, srun and mpirun start them on several")
	case time.Duration(d.RankTimeout) < time.Second:
		return fault.Usage("{rank-timeout} is %v: expected 1s or more", time.Duration(d.RankTimeout))
	}
	name, err := parts.DeviceOf(d.Device, place)
	if err != nil {
		return err
	}
	device, err := torch.ParseDevice(name)
	if err != nil {
		return fault.Usage("{device}: %w", err)
	}
	c, err := connect(ctx, s, place, device, time.Duration(d.RankTimeout))
	if err != nil || !place.First() {
		return err
	}
	if d.JSON {
		err = IndentedJSON(s.Out, c)
	} else {
		err = c.print(s.Out)
	}
	if err == nil && len(c.Problems) > 0 {
		err = errUnhealthy
	}
	return err
}
