package cli

import "gobert/internal/fault"

// Doctor is the verb that examines the machine.
type Doctor struct {
	Device string `help:"Device to test: auto, cpu, cuda or cuda:N." default:"auto"`
	JSON   bool   `help:"Write the report as JSON." name:"json"`
}

// Run prints the report; problems make the command fail.
func (d *Doctor) Run(s *Streams) error {
	r, err := examine(d.Device)
	if err != nil {
		return fault.Usage("%w", err)
	}
	if d.JSON {
		err = IndentedJSON(s.Out, r)
	} else {
		err = r.print(s.Out)
	}
	if err == nil && !r.Healthy {
		err = errUnhealthy
	}
	return err
}
