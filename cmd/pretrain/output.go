package main

import (
	"encoding/json"
	"fmt"

	"gobert/internal/cli"
)

// printJSON writes one object a line, for machines.
func printJSON(s *cli.Streams, value any) error {
	e := json.NewEncoder(s.Out)
	e.SetEscapeHTML(false)
	return e.Encode(value)
}

// writeJSON writes one object over several lines, for people and machines.
func writeJSON(s *cli.Streams, value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	_, err = s.Out.Write(append(text, '\n'))
	return err
}

// writeRows writes names and what they are, a line each.
func writeRows(s *cli.Streams, rows [][2]string) error {
	for _, row := range rows {
		if _, err := fmt.Fprintf(s.Out, "%-14s %s\n", row[0], row[1]); err != nil {
			return err
		}
	}
	return nil
}
