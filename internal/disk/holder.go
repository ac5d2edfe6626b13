package disk

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gobert/internal/fault"
)

// Held is the error where another process has the folder.
type Held struct {
	What   string // the folder or file
	Holder Holder // the zero value where it did not say
}

// Holder is who has a lock, as its file says.
type Holder struct {
	Process int       `json:"process"`
	Host    string    `json:"host"`
	Command string    `json:"command"`
	Since   time.Time `json:"since"`
}

// longCommand is how much of a command line a message shows, in characters.
const longCommand = 200

// Error names the other process.
func (h *Held) Error() string {
	who := "another process"
	if h.Holder.Process > 0 {
		who = fmt.Sprintf("process %d", h.Holder.Process)
		if host, err := os.Hostname(); h.Holder.Host != "" && (err != nil || host != h.Holder.Host) {
			who += " on " + h.Holder.Host
		}
		who += fmt.Sprintf(", since %s: %s", h.Holder.Since.Local().Format(time.DateTime), h.Holder.Command)
	}
	return fault.WithHint(fmt.Sprintf("%s is in use: it is being written by %s", h.What, who), h.Hint())
}

// Hint says what to do.
func (h *Held) Hint() string { return "wait for it, or stop it, or name another one" }

// sign writes into a lock's file who has it.
func sign(lock *os.File) error {
	host, err := os.Hostname()
	if err != nil {
		host = ""
	}
	command := strings.Join(append([]string{filepath.Base(os.Args[0])}, os.Args[1:]...), " ")
	if letters := []rune(command); len(letters) > longCommand {
		command = string(letters[:longCommand]) + "..."
	}
	text, err := json.Marshal(Holder{os.Getpid(), host, command, time.Now().UTC().Truncate(time.Second)})
	if err != nil {
		return err
	}
	if _, err := lock.WriteAt(append(text, '\n'), 0); err != nil {
		return err
	}
	return lock.Truncate(int64(len(text) + 1)) // an older holder's text may have been longer
}

// taken is the error of a lock that another process has. It may be writing its name just now.
func taken(lock *os.File, what string) error {
	held := &Held{What: what}
	for range 10 {
		text, err := io.ReadAll(io.NewSectionReader(lock, 0, 1<<16))
		if err == nil && json.Unmarshal(text, &held.Holder) == nil {
			return held
		}
		time.Sleep(10 * time.Millisecond)
	}
	held.Holder = Holder{}
	return held
}

// IsHeld says whether an error is that another process has the folder.
func IsHeld(err error) bool {
	var held *Held
	return errors.As(err, &held)
}
