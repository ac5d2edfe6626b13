package train

import (
	"strings"
	"testing"

	"gobert/data"
	"gobert/internal/torch"
	"gobert/internal/torch/standin"
)

// TestModelWithoutRoom: a model that does not fit is refused when the run is prepared, and memory is free again.
func TestModelWithoutRoom(t *testing.T) {
	if !standin.Here() {
		t.Skip("for the stand-in: TestOnCUDA runs it")
	}
	for _, layers := range []int{40, 90} { // weights and gradient have room, the moments have none; nothing has
		model := smallModel(t, layers)
		s := settings(t.TempDir())
		trainer, err := New[*data.Batch, place](&Pretraining{Model: model, Cost: free}, s)
		if trainer != nil || !torch.IsOutOfMemory(err) || !strings.Contains(err.Error(), "do not fit: ") || !strings.Contains(err.Error(), "(hint: a smaller model") {
			t.Errorf("%d layers: %v", layers, err)
		}
		if err := model.Bert.Close(); err != nil {
			t.Error(err)
		}
		gpu, err := s.Device.Describe()
		if err != nil {
			t.Fatal(err)
		}
		if gpu.Allocated != 0 {
			t.Errorf("%d layers: %d bytes are still taken", layers, gpu.Allocated)
		}
	}
}
