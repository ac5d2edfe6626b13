package link

import (
	"fmt"
	"os/exec"
	"runtime"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"
)

// machine is a namespace of the network, of mounts and of the name, in which one thread lives.
type machine struct {
	number int
	device int // a descriptor: what is sent is read from it, what arrives is written
	do     chan func()
	out    chan packet // what it has sent, on the way
	free   int64       // when its cable is free
	cut    atomic.Bool
}

const (
	deviceFile = "/dev/net/tun"
	deviceName = "eth0"
)

// Address is where a machine is reached by the others.
func Address(number int) string { return fmt.Sprintf("10.77.0.%d", number+1) }

// onThread runs something on a thread that ends with it, and takes its namespaces along.
func onThread(do func()) {
	runtime.LockOSThread() // for good: no other goroutine gets the thread
	do()
}

// newMachine makes one; whole says that packets may be larger than a frame.
func newMachine(number int, whole bool) (*machine, error) {
	m := &machine{number: number, do: make(chan func()), out: make(chan packet, holds)}
	made := make(chan error)
	go onThread(func() {
		err := m.separate(whole)
		made <- err
		if err != nil {
			return
		}
		for do := range m.do {
			do()
		}
	})
	if err := <-made; err != nil {
		return nil, fmt.Errorf("link: machine %d: %w", number, err)
	}
	return m, nil
}

// separate takes the thread into namespaces of its own.
func (m *machine) separate(whole bool) error {
	if err := unix.Unshare(unix.CLONE_NEWNET | unix.CLONE_NEWNS | unix.CLONE_NEWUTS); err != nil {
		return fmt.Errorf("a namespace of its own: %w", err)
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_SLAVE, ""); err != nil { // what is mounted in it others do not see
		return fmt.Errorf("its mounts: %w", err)
	}
	if err := unix.Sethostname(fmt.Appendf(nil, "node-%d", m.number)); err != nil {
		return fmt.Errorf("its name: %w", err)
	}
	var err error
	if m.device, err = unix.Open(deviceFile, unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0); err != nil {
		return fmt.Errorf("%s: %w", deviceFile, err)
	}
	if err := m.attach(whole); err != nil {
		_ = unix.Close(m.device)
		return fmt.Errorf("its network: %w", err)
	}
	return nil
}

// attach sets up the machine's network: this device, and its own loopback.
func (m *machine) attach(whole bool) error {
	device, err := unix.NewIfreq(deviceName)
	if err != nil {
		return err
	}
	device.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI | unix.IFF_VNET_HDR)
	if err := unix.IoctlIfreq(m.device, unix.TUNSETIFF, device); err != nil {
		return err
	}
	offload := unix.TUN_F_CSUM
	if whole {
		offload |= unix.TUN_F_TSO4
	}
	if err := unix.IoctlSetInt(m.device, unix.TUNSETOFFLOAD, offload); err != nil {
		return err
	}
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(socket)
	for _, set := range []struct {
		name    string
		request uint
		value   []byte // an address, or none to switch it on
	}{
		{deviceName, unix.SIOCSIFADDR, []byte{10, 77, 0, byte(m.number + 1)}},
		{deviceName, unix.SIOCSIFNETMASK, []byte{255, 255, 255, 0}},
		{deviceName, unix.SIOCSIFFLAGS, nil},
		{"lo", unix.SIOCSIFFLAGS, nil},
	} {
		request, err := unix.NewIfreq(set.name)
		if err != nil {
			return err
		}
		if set.value == nil {
			request.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
		} else if err := request.SetInet4Addr(set.value); err != nil {
			return err
		}
		if err := unix.IoctlIfreq(socket, set.request, request); err != nil {
			return err
		}
	}
	return nil
}

// start starts a command in the machine. Its process ends with this one.
func (m *machine) start(cmd *exec.Cmd) error {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	started := make(chan error)
	m.do <- func() { started <- cmd.Start() }
	return <-started
}
