package main

import (
	"fmt"

	"gobert/internal/cli"
	"gobert/internal/fault"
	"gobert/pretrain"
)

// recipesVerb explains the recipes.
type recipesVerb struct {
	Name string `arg:"" optional:"" help:"One recipe. None: all."`
	JSON bool   `name:"json" help:"Write the recipe as a file for --config."`
}

// Help shows what people type.
func (r *recipesVerb) Help() string {
	return `    pretrain recipes
    pretrain recipes laptop --json > mine.json     to be changed, and used with train --config mine.json`
}

// WithoutLibTorch says that LibTorch need not start.
func (*recipesVerb) WithoutLibTorch() {}

// Run prints.
func (r *recipesVerb) Run(s *cli.Streams) error {
	if r.Name != "" {
		values, err := pretrain.FindRecipe(r.Name)
		if err != nil {
			return fault.Usage("%w", err)
		}
		if r.JSON {
			return cli.JSON(s.Out, values)
		}
	} else if r.JSON {
		return fault.Usage("{json} is for one recipe").Advise("%s recipes laptop {json}", s.Command)
	}
	for _, recipe := range pretrain.Recipes() {
		if r.Name != "" && recipe.Name != r.Name {
			continue
		}
		fmt.Fprintf(s.Out, "%s: %s\n", recipe.Name, recipe.About)
		for _, x := range recipe.Settings {
			fmt.Fprintf(s.Out, "  --%-18s %-10s %s\n", x.Flag, x.Value, x.Why)
		}
		fmt.Fprintln(s.Out)
	}
	return nil
}
