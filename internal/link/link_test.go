package link

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestMain is what the machines run, too.
func TestMain(m *testing.M) {
	if role := os.Getenv("GOBERT_TEST_LINK"); role != "" {
		if err := play(role, net.JoinHostPort(os.Getenv("MASTER_ADDR"), os.Getenv("MASTER_PORT"))); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// play sends or takes what comes, or asks for an echo, and prints what it saw.
func play(role, at string) error {
	if os.Getenv("RANK") == "0" {
		l, err := net.Listen("tcp", at)
		if err != nil {
			return err
		}
		for {
			c, err := l.Accept()
			if err != nil {
				return err
			}
			go func() { _, _ = io.Copy(c, c) }()
		}
	}
	var c net.Conn
	var err error
	for c == nil {
		if c, err = net.Dial("tcp", at); err != nil {
			time.Sleep(20 * time.Millisecond)
		}
	}
	one := make([]byte, 1)
	if role == "talk" {
		for {
			began := time.Now()
			if _, err := c.Write(one); err != nil {
				return err
			}
			if _, err := io.ReadFull(c, one); err != nil {
				return err
			}
			fmt.Println(time.Since(began).Nanoseconds())
			time.Sleep(10 * time.Millisecond)
		}
	}
	const size = 4 << 20
	go func() { _, _ = c.Write(make([]byte, size)) }()
	if _, err := io.ReadFull(c, one); err != nil {
		return err
	}
	began := time.Now()
	if _, err := io.CopyN(io.Discard, c, size-1); err != nil {
		return err
	}
	fmt.Println(int64(float64(size-1) / time.Since(began).Seconds()))
	return nil
}

// pair starts both roles, and gives what the second machine prints.
func pair(t *testing.T, role string, o Options) (n *Network, said io.Reader) {
	t.Helper()
	if err := Allowed(); err != nil {
		t.Skip(err)
	}
	n, err := New(2, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Close)
	for i := range 2 {
		cmd := exec.Command("/proc/self/exe")
		cmd.Env = append(os.Environ(), "GOBERT_TEST_LINK="+role)
		cmd.Stderr = os.Stderr
		if i == 1 {
			if said, err = cmd.StdoutPipe(); err != nil {
				t.Fatal(err)
			}
		}
		if err := n.Start(i, cmd); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		})
	}
	return n, said
}

// number reads what was printed next.
func number(t *testing.T, said io.Reader) (x int64) {
	t.Helper()
	if _, err := fmt.Fscan(said, &x); err != nil {
		t.Fatal(err)
	}
	return x
}

// TestDelay: a byte there and back takes two delays, and not much more.
func TestDelay(t *testing.T) {
	const delay = 20 * time.Millisecond
	_, said := pair(t, "talk", Options{Delay: delay})
	var took []time.Duration
	for range 20 {
		took = append(took, time.Duration(number(t, said)))
	}
	if best := slices.Min(took); best < 2*delay || best > 3*delay {
		t.Errorf("there and back in %v with a delay of %v", best, delay)
	}
}

// TestRate: a stream is as fast as the cable, less what the frames need, however large the kernel's packets are; where some are lost, it arrives.
func TestRate(t *testing.T) {
	for _, loss := range []float64{0, 0.01} {
		const rate = 10e6
		_, said := pair(t, "stream", Options{Rate: rate, Loss: loss})
		least := 0.7
		if loss > 0 {
			least = 0.05 // TCP takes what is lost for a jam
		}
		if got := float64(number(t, said)); got > 0.96*rate || got < least*rate {
			t.Errorf("%.0f bytes a second at a rate of %.0f and a loss of %.2f", got, rate, loss)
		}
	}
}

// TestCut: nothing arrives while a machine is cut off, and afterwards it does.
func TestCut(t *testing.T) {
	n, said := pair(t, "talk", Options{})
	number(t, said)
	n.Cut(1)
	began := time.Now()
	time.AfterFunc(time.Second, func() { n.Heal(1) })
	for time.Duration(number(t, said)) < 500*time.Millisecond {
		if time.Since(began) > 30*time.Second {
			t.Fatal("nothing was held up")
		}
	}
	number(t, said)
}

// TestMachinesAreApart: each has its name and its mounts.
func TestMachinesAreApart(t *testing.T) {
	if err := Allowed(); err != nil {
		t.Skip(err)
	}
	n, err := New(2, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	folder := t.TempDir()
	for i := range 2 {
		var said bytes.Buffer
		cmd := exec.Command("sh", "-c", `mount -t tmpfs none "$1" && hostname && touch "$1/file"`, "sh", folder)
		cmd.Stdout, cmd.Stderr = &said, &said
		if err := n.Start(i, cmd); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil || strings.TrimSpace(said.String()) != fmt.Sprintf("node-%d", i) {
			t.Errorf("machine %d: %v: %s", i, err, &said)
		}
	}
	if list, err := os.ReadDir(folder); err != nil || len(list) > 0 {
		t.Errorf("what a machine mounted is seen outside: %v, %v", list, err)
	}
}
