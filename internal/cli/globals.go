package cli

// globals are the flags of every verb.
type globals struct {
	Version version `help:"Print the versions of this program and of LibTorch."`
	Quiet   bool    `short:"q" xor:"talk" help:"Say nothing but warnings and errors."`
	Verbose bool    `short:"v" xor:"talk" help:"Say more: every decision that was made for you."`
	Color   string  `default:"auto" enum:"auto,always,never" help:"Colours on standard error: auto (a terminal, and NO_COLOR is not set), always, never."`
}
