// Package ranks is a run's place among the processes that train one model together, without LibTorch: which of them this one is, how
// several are started on one machine, what they must agree on, and what it is called when one of them is lost.
//
//	place, err := ranks.Find(os.LookupEnv, asked)     // from --ranks, torchrun, Slurm, MPI or Kubeflow
//	if place.Starts() > 0 {
//		return ranks.Launch{Place: place, Command: os.Args}.Run(ctx)
//	}
//
// A rank is one process with one device; the world is all of them. Package internal/torch/collective connects them.
//
// # Files
//
//   - place.go: Place
//   - find.go: Find, and what each launcher says in the environment
//   - slurm.go: the first machine of Slurm's list
//   - kubeflow.go: what Kubeflow says of a machine
//   - launch.go, child.go: Launch: several processes of one command on this machine
//   - stop.go: StopSignals
//   - agree.go: Facts that all ranks must share
//   - lost.go: Lost, the error of a run that one of its ranks has left
package ranks
