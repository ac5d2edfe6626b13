package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"gobert/internal/disk"
	"gobert/internal/fault"
	"gobert/internal/report"
	"gobert/internal/ui"
	"gobert/pipeline"
	"gobert/train"
	"gobert/train/run"
)

// Computing are the flags that say where and how a trained model computes.
type Computing struct {
	run.Machine
	Compute string `enum:",auto,fp32,bf16,fp16,int8" default:"" placeholder:"TYPE" group:"Computing" help:"Type of activations and products: fp32, bf16, fp16, or auto: bf16 where the device multiplies it; int8: products of 8-bit integers, on the CPU, and fp32 between them. Default: fp32, or int8 for a folder of finetune quantize."`
}

// Opening says how a model is opened, if its device and so many threads can be had.
func (c *Computing) Opening(s *Streams) (pipeline.Options, error) {
	return pipeline.Options{Device: c.Device, Compute: c.Compute, Tell: Downloads(s), Warn: s.Warn}, c.Prepare(s.Log)
}

// Talk is how a run speaks through the streams.
func Talk(s *Streams) train.Talk {
	return train.Talk{Log: s.Log, Screen: s.Screen, Quiet: s.Quiet, Files: Downloads(s), Begin: s.SavesFirst}
}

// Page are the flags of the verb that writes the page of a run.
type Page struct {
	Folder   string   `arg:"" name:"run" placeholder:"RUN" help:"Folder of a run."`
	Out      string   `short:"o" placeholder:"FILE" group:"Output" help:"Page to write. Default: report.html in the run's folder."`
	Sentence []string `sep:"none" placeholder:"TEXT" group:"Output" help:"Text for the attention view, or two as \"A [SEP] B\"; again for more. Default: some that are held out."`
}

// Write makes the page, and prints where it is.
func (p *Page) Write(s *Streams, name string, page func() (report.Page, error)) error {
	out := p.Out
	if out == "" {
		out = filepath.Join(p.Folder, name)
	} else if info, err := os.Stat(out); err == nil && info.IsDir() {
		out = filepath.Join(out, name)
	}
	if p.Out != "" { // a run's own page is made for who asks: nothing is lost where two do
		release, err := s.ClaimFile("out", out)
		if err != nil {
			return err
		}
		defer release()
	}
	made, err := page()
	if err != nil {
		return err
	}
	if err := made.Write(out); err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.Out, out)
	return err
}

// Claim makes the folder of --out this process's own until release is called: see [disk.Claim].
func (s *Streams) Claim(folder string, parts ...string) (release func(), err error) {
	return claimed("out")(disk.Claim(folder, s.Warn, parts...))
}

// ClaimFile is Claim for the file of a flag; standard output, "-" or none, is nobody's own.
func (s *Streams) ClaimFile(flag, path string) (release func(), err error) {
	if path == "" || path == "-" {
		return func() {}, nil
	}
	return claimed(flag)(disk.ClaimFile(path, s.Warn))
}

// claimed names the flag.
func claimed(flag string) func(c *disk.Lock, err error) (func(), error) {
	return func(c *disk.Lock, err error) (func(), error) {
		if err != nil {
			return nil, fault.New("{"+flag+"}: %w", err)
		}
		return c.Release, nil
	}
}

// JSON writes an object on one line, for machines.
func JSON(w io.Writer, value any) error { return encode(w, value, "") }

// IndentedJSON writes an object over several lines, for people and machines.
func IndentedJSON(w io.Writer, value any) error { return encode(w, value, "  ") }

func encode(w io.Writer, value any, indent string) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	return e.Encode(value)
}

// Statistics writes what a verb came to: as JSON, or as names and what they are, a line each, unless it is to be quiet.
func (s *Streams) Statistics(asJSON bool, value any, rows [][2]string) error {
	if asJSON {
		return IndentedJSON(s.Out, value)
	}
	if s.Quiet {
		return nil
	}
	for _, row := range rows {
		if _, err := fmt.Fprintf(s.Out, "%-14s %s\n", row[0], row[1]); err != nil {
			return err
		}
	}
	return nil
}

// Notes tells what was found out.
func (s *Streams) Notes(notes []string) {
	for _, note := range notes {
		s.Log.Info(note)
	}
}

// Next names the command that usually follows. It can be run as it is printed.
func (s *Streams) Next(words ...string) {
	if !s.Quiet {
		fmt.Fprintln(s.Err, "next: "+s.Quoted(words...))
	}
}

// Quoted writes a call of this program as a shell takes it.
func (s *Streams) Quoted(words ...string) string {
	line := s.Command
	for _, word := range words {
		line += " " + ui.Quoted(word)
	}
	return line
}
