package link

import (
	"os"
	"os/exec"
	"syscall"

	"gobert/internal/fault"
)

// Allowed says why this process cannot make machines, or nil.
func Allowed() error {
	m, err := newMachine(0, true)
	if err != nil {
		return fault.New("%w", err).Advise("be root, or where users have namespaces of their own: unshare -Ur")
	}
	(&Network{machines: []*machine{m}}).Close()
	return nil
}

// Privileged makes a command root in a user namespace of its own, where whoever runs it need not be root.
func Privileged(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER,
		Pdeathsig:   syscall.SIGKILL,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	}
}
