// Package parts makes one update out of a batch that is cut into a fixed number of parts, with the same bits on one rank or on
// several: each rank computes neighbouring parts, and all that is added up is added in one order.
//
//	team, err := parts.New(world, 8)            // world may be of this rank alone
//	err = team.Bind(gradient, trained)
//	whole, err := team.Whole(counts, 1, stopped) // of what the loss of each batch is a mean
//	rows, err := team.Each(2, func(i int, row *torch.Tensor) error {
//		reached := team.Begin(i)
//		...                                     // the gradient of part team.First() + i, and its measures
//		team.Collect(i)
//	})
//	settled, err := team.Settle(measures, 0)    // this rank's shares hold the sum over all parts; its squares
//	...                                         // an update of the shares
//	err = team.Gather(weights)
//
// Gradients are added in a binary tree over the parts in their order: a rank's own in [Team.Collect], those of ranks in package
// collective. The norm is the root of sums over fixed blocks, each of which one rank sums, and LAMB's norms of parameters likewise. An optimizer that works on
// each number by itself needs its moments for a rank's shares only (ZeRO's first stage, Rajbhandari et al. 2020).
//
// Files: team.go (Team, who computes what), count.go (what is known of a step before), tree.go (sums of gradients), settle.go (what is
// known behind them), ledger.go (the order of sums over blocks), lengths.go (what LAMB needs of parameters that are cut), moments.go (an
// optimizer's numbers, of which each rank holds a part), device.go (whose GPU is whose).
package parts
