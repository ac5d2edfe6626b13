package collective

import (
	"os"
	"slices"
	"testing"

	"gobert/internal/torch"
)

// TestNearMemoryIsRead: what a card says is found in this process, and a card that says anything else is refused.
func TestNearMemoryIsRead(t *testing.T) {
	card := newCard()
	defer card.Free()
	if pid, can := tryCard(card); pid != os.Getpid() || can != 1 {
		t.Skipf("the kernel does not let this process read its memory: process %d, %d", pid, can)
	}
	for name, at := range map[string]int{"another network": 8, "another place": 16, "another machine's memory": tokenAt} {
		other := torch.NewFrom(slices.Clone(card.Memory()), torch.CPU, cardBytes)
		other.Memory()[at] ^= 1
		if _, can := tryCard(other); can != 0 {
			t.Errorf("%s was taken for a near one", name)
		}
		other.Free()
	}
}
