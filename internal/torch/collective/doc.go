// Package collective connects the processes that train one model together, on LibTorch's distributed engine: they meet in a TCPStore, and
// send each other blocks of tensors through Gloo, or from GPU to GPU through NCCL. What it adds is order and names: sums that are the same
// bits whatever the number of ranks, and a fault that says which rank is gone.
//
//	w, err := collective.Meet(ctx, collective.Options{Place: place})
//	defer w.Close()
//	err = w.Agree(ctx, facts)                      // the version, the settings, the data
//	err = w.Join(ctx, device)                      // where tensors lie on GPUs
//	sums, err := collective.NewReducer(w, gradient, layers, 1<<14)
//	round := sums.Begin()
//	round.Ready(i)                                 // while the backward pass goes on
//	err = round.Wait()                             // this rank's share of the gradient is the sum over all
//	err = sums.Gather(weights)                     // everyone has every rank's share
//
// # The order of sums
//
// Floating-point sums depend on their order. Here it is a binary tree over the ranks in their order, ((0+1)+(2+3))+((4+5)+(6+7)): ranks
// at distance 1 add first, then at distance 2, and so on (recursive halving: each step halves what a rank is left with). A rank that
// sums several neighbouring parts in the same tree stands for a subtree, so that 1, 2, 4 and 8 ranks come to the same bits. A rank
// sends (W-1)/W of the gradient to sum it and as much to gather, as a ring does.
//
// # Who is gone
//
// Every rank writes a beat into the store ten times in a timeout, and looks there for a verdict and for the beats of the rank after it and
// of those that it waits for. A rank whose connection closes, or whose beat stands still, is named in the verdict by whoever finds
// out first; all give up what they wait for and return the same [ranks.Lost]. The clocks of machines are never compared.
//
// # Files
//
//   - store.go: the store, a connection to it
//   - meet.go, open.go, arrive.go, connect.go, poll.go: Meet: finding the store, waiting for all, addresses
//   - world.go: World: what is sent, its end
//   - watch.go, verdict.go: beats and verdicts
//   - agree.go: what all ranks must share
//   - link.go, gloo.go: Link, what carries blocks, and Gloo's
//   - near.go: a link that reads the memory of ranks of the same machine
//   - cards.go, nccl.go: Join: blocks of the memory of GPUs
//   - group.go: Barrier, Broadcast, AllGather
//   - reduce.go, halve.go: Reducer, and the plan of a block's sum
//   - probe.go: how fast connections and sums are, and whether these are right
//
// The C++ is in package native: collective.h, nccl.h.
package collective
