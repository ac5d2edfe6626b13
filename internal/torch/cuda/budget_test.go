package cuda

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
)

// A cost is what one kernel takes of a card.
type cost struct{ registers, frame, shared int }

// The attributes of a cubin's .nv.info that are read: records of (format, attribute, size), and, in format 4, of (symbol, value).
const (
	infoSized     = 4
	infoFrame     = 0x11
	infoRegisters = 0x2f
)

// reservedShared is what the hardware itself takes of a block's shared memory since sm_90.
const reservedShared = 1024

// costs reads what the compiler says of each kernel in a cubin.
func costs(t *testing.T, cubin []byte, major int) map[string]cost {
	t.Helper()
	file, err := elf.NewFile(bytes.NewReader(cubin))
	if err != nil {
		t.Fatal(err)
	}
	symbols, err := file.Symbols()
	if err != nil {
		t.Fatal(err)
	}
	info, err := file.Section(".nv.info").Data()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]cost{}
	for len(info) >= 4 {
		format, attribute, size := info[0], info[1], int(binary.LittleEndian.Uint16(info[2:]))
		info = info[4:]
		if format != infoSized {
			continue
		}
		symbol, value := symbols[binary.LittleEndian.Uint32(info)-1].Name, int(binary.LittleEndian.Uint32(info[4:]))
		info = info[size:]
		c := found[symbol]
		switch attribute {
		case infoFrame:
			c.frame = value
		case infoRegisters:
			c.registers = value
		default:
			continue
		}
		found[symbol] = c
	}
	for symbol, c := range found {
		if strings.HasPrefix(symbol, "$") { // a subroutine of the compiler's
			if c.frame != 0 {
				t.Errorf("%s has a frame of %d bytes", symbol, c.frame)
			}
			delete(found, symbol)
			continue
		}
		if shared := file.Section(".nv.shared." + symbol); shared != nil {
			c.shared = int(shared.Size)
			if major >= 9 {
				c.shared -= reservedShared
			}
		}
		found[symbol] = c
	}
	return found
}

// budgets are the most registers that each kernel may take, without the type's part of its name: what leaves room for blocks enough
// to keep a card's memory busy. Of 65,536 registers, 64 a thread fill a processor with 1,024 threads; 168 leave three blocks of
// 128. norm and embed are listed by the chunks of 256 columns that their rows have.
var budgets = map[string]int{
	"norm_forward_1": 48, "norm_forward_2": 64, "norm_forward_3": 80, "norm_forward_4": 96,
	"norm_backward_1": 96, "norm_backward_2": 144, "norm_backward_3": 184, "norm_backward_4": 248,
	"embed_forward_1": 56, "embed_forward_2": 72, "embed_forward_3": 96, "embed_forward_4": 112,
	"embed_backward_1": 96, "embed_backward_2": 144, "embed_backward_3": 168, "embed_backward_4": 224,
	"gelu_forward": 64, "gelu_backward": 72, "gelu_new_forward": 64, "gelu_new_backward": 72, "relu_forward": 48, "relu_backward": 56,
	"tanh_forward": 64, "tanh_backward": 72, "pack_gradients": 56, "cross_entropy": 48, "count_targets": 40, "mean_loss": 64, "dropout": 48,
	"pick_rows": 48, "spread_rows": 56, "column_sums": 48, "finish_sums": 48, "scatter_rows": 64, "join_rows": 64, "select_sums": 48,
	"adamw": 72, "lamb": 40, "gradient_norm": 40, "block_squares": 40, "plan_step": 56, "lamb_direction": 72, "lamb_steps": 48, "add_measures": 24,
}

// wide are the units that are compiled for a width, flat those that are never compiled for aligned rows.
var (
	wide = map[string]bool{"norm": true, "embedding": true}
	flat = map[string]bool{"optimizer": true, "step": true}
)

// TestKernelsFitTheirBudgets compiles every kernel for every architecture, without a card, and reads from the machine code that
// nothing is spilled to memory and that registers and shared memory stay within bounds. What was compiled before is in the user's
// cache: the test takes a minute of processor time for new texts, and none for old ones.
func TestKernelsFitTheirBudgets(t *testing.T) {
	kept, err := userCache()
	if err != nil {
		t.Log(err)
	}
	m := maker{compiler: nvrtc(t), cache: kept, tell: func(string) {}, warn: func(text string) { t.Log(text) }}
	architectures := [][2]int{{9, 0}, {8, 0}}
	if !testing.Short() {
		architectures = append(architectures, [][2]int{{7, 5}, {8, 6}, {8, 9}, {10, 0}, {12, 0}}...)
	}
	for i, architecture := range architectures {
		t.Run(fmt.Sprintf("sm_%d%d", architecture[0], architecture[1]), func(t *testing.T) {
			seen := map[string]bool{}
			for _, target := range targets(i < 2) {
				target.Major, target.Minor = architecture[0], architecture[1]
				cubin, err := m.Cubin(target)
				if err != nil {
					t.Fatal(err)
				}
				for kernel, cost := range costs(t, cubin, target.Major) {
					budget := strings.Replace(kernel, "_"+target.Suffix, "", 1)
					seen[budget] = true
					most, ok := budgets[budget]
					if !ok {
						t.Errorf("%s has no budget", kernel)
					}
					if cost.registers > most || cost.registers == 0 {
						t.Errorf("%s (width %d, aligned %t): %d registers, at most %d", kernel, target.Width, target.Aligned, cost.registers, most)
					}
					if cost.frame != 0 {
						t.Errorf("%s: %d bytes a thread lie in memory", kernel, cost.frame)
					}
					if cost.shared > 6<<10 {
						t.Errorf("%s: %d bytes of shared memory", kernel, cost.shared)
					}
				}
			}
			for kernel := range budgets {
				if i < 2 && !seen[kernel] {
					t.Errorf("%s was not compiled", kernel)
				}
			}
		})
	}
}

// targets are the forms that are looked at. For two architectures: each type, aligned or not, and all numbers of chunks; for the
// others what base and large use.
func targets(all bool) (out []Target) {
	for _, unit := range Units {
		add := func(suffix string, aligned bool, widths ...int) {
			aligned = aligned && !flat[unit]
			if !wide[unit] {
				out = append(out, Target{Unit: unit, Suffix: suffix, Aligned: aligned})
				return
			}
			for _, width := range widths {
				out = append(out, Target{Unit: unit, Suffix: suffix, Width: width, Aligned: aligned})
			}
		}
		if !all {
			add("bf16", true, 768, 1024)
			continue
		}
		add("bf16", true, 128, 384, 768, 1024)
		add("f16", true, 1024)
		add("f32", true, 1024)
		add("f32", false, 1001)
	}
	return out
}
