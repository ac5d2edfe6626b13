// Package link gives a test several machines on this one: network namespaces of the kernel, each with a name and an address, joined by a
// network that is as slow as one asks, loses packets, or is cut.
//
//	net, err := link.New(2, link.Options{Delay: 5 * time.Millisecond, Rate: 125e6})
//	defer net.Close()
//	err = net.Start(1, exec.Command("pretrain", ...))   // with RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT
//	net.Cut(1)                                          // nothing comes from it or to it
//	net.Heal(1)
//
// What each machine sends leaves by a TUN device, waits in this process for its time, and arrives in the device of another one. A rate
// is that of a machine's cable, with Ethernet's frames; a delay is of one way. Packets are as large as the sender's kernel makes them (64
// KiB, where a card would cut them), so that a fast link costs little of the processor; where packets are lost they are of 1,500 bytes, as
// on a cable.
//
// It needs root, or a process begun by [Privileged].
//
// # Files
//
//   - network.go: Network: machines that are joined, and when what one sends arrives
//   - packet.go: what is on the way
//   - machine.go: one machine: its namespaces, its device, the commands in it
//   - privileged.go: who may make one
package link
