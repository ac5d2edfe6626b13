package finetune

import (
	"strings"
	"testing"
)

// TestOtherSettingsAreNamedInTheWordsOfFiles: what a resumed run would change is told without Go's nil and maps.
func TestOtherSettingsAreNamedInTheWordsOfFiles(t *testing.T) {
	was, is := Defaults(), Defaults()
	if err := sameSettings(was, is); err != nil {
		t.Fatal(err)
	}
	is.Freeze, is.Optimizer.Beta1, is.Batch = []string{"embeddings"}, 0.8, 8
	err := sameSettings(was, is)
	if err == nil {
		t.Fatal("other settings were taken")
	}
	for _, want := range []string{`freeze was not given, now it is ["embeddings"] (hint: `, "optimizer.beta1 was 0.9, now it is 0.8", "batch was 32, now it is 8"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
	if strings.Contains(err.Error(), "nil") || strings.Contains(err.Error(), "map[") || strings.Count(err.Error(), "resuming: ") != 3 {
		t.Errorf("%q", err)
	}
}
