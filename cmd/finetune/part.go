package main

import (
	"path/filepath"
	"strings"

	"gobert/data"
	"gobert/internal/fault"
)

// partFlag divides the work among machines.
type partFlag struct {
	Part data.Part `type:"part" placeholder:"I/N" group:"Data" help:"Do one part of N of the input, 1/16 to 16/16; -01-of-16 and so on comes into the name of --output. The parts of a text form, one after the other (cat), are what one machine writes."`
}

// divide sees whether the input can be divided, and names the output after the part, so that no two write into one.
func (f *partFlag) divide(input string, texts int, output *string) error {
	switch {
	case f.Part.IsWhole():
		return nil
	case texts > 0 || input == "" || input == "-":
		return fault.Usage("{part} divides a file, and standard input is read once").Advise("{input} FILE")
	case *output != "-":
		end := filepath.Ext(*output)
		*output = strings.TrimSuffix(*output, end) + "-" + f.Part.Name() + end
	}
	return nil
}
