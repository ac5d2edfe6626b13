package ranks

import (
	"os"
	"os/signal"
	"syscall"
)

// StopSignals are what asks a process to stop: Ctrl-C, SIGTERM, and the SIGHUP of a terminal that goes, as where a connection breaks. Who
// was started under nohup hears no SIGHUP.
func StopSignals() []os.Signal {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		signals = append(signals, syscall.SIGHUP)
	}
	return signals
}
