package cli

import "encoding/json"

// Doctor is the verb that examines the machine.
type Doctor struct {
	Device string `help:"Device to test: auto, cpu, cuda or cuda:N." default:"auto"`
	JSON   bool   `help:"Write the report as JSON." name:"json"`
}

// Run prints the report; problems make the command fail.
func (d *Doctor) Run(s *Streams) error {
	r, err := examine(d.Device)
	if err != nil {
		return &UsageError{err}
	}
	if d.JSON {
		text, err := json.MarshalIndent(r, "", "  ")
		if err != nil {
			return err
		}
		if _, err := s.Out.Write(append(text, '\n')); err != nil {
			return err
		}
	} else if err := r.print(s.Out); err != nil {
		return err
	}
	if !r.Healthy {
		return errUnhealthy
	}
	return nil
}
