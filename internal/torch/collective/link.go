package collective

import "gobert/internal/torch"

// Block is a part of a flat tensor: N elements from At on. Without a tensor it is nothing.
type Block struct {
	Tensor *torch.Tensor
	At, N  int64
}

func (b Block) bytes() int64 {
	if b.N == 0 {
		return 0
	}
	return b.N * int64(b.Tensor.DType().Size())
}

func (b Block) onDevice() bool { return b.Tensor != nil && b.Tensor.Device().IsCUDA() }

// memory is that of a block of the host's.
func (b Block) memory() []byte {
	width := int64(b.Tensor.DType().Size())
	return b.Tensor.Memory()[b.At*width : (b.At+b.N)*width]
}

// A Link carries blocks between ranks. Gloo's carries the host's memory; that of GPUs goes by
// [cards].
type Link interface {
	// Exchange begins to send one block to a peer and to fill another one from it, either of which may be empty. The peer begins the
	// opposite with the same tag; what has the same tag and peer is matched in order. Both blocks must stay as they are until the
	// work is done. It is safe from several goroutines.
	Exchange(peer, tag int, out, in Block) (Work, error)
	// Free ends all connections.
	Free()
}

// Work is an exchange that was begun.
type Work interface {
	// Wait returns when both blocks have arrived, or the connection has closed, or the work was aborted; an aborted one may have no error.
	Wait() error
	// Abort makes Wait return, now or later.
	Abort()
	// Free is called once, when nobody waits or aborts any more.
	Free()
}
