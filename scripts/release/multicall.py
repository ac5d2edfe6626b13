"""Make one program of several commands, which differ in the name that it is called by: they share nine tenths of their code.

usage: multicall.py FOLDER COMMAND...
       FOLDER gets copies of the commands' sources as packages, and overlay.json, which shows them to "go build" in cmd/gobert

Nothing in the repository is changed: the commands stay programs of their own for whoever builds them.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

MAIN = """package main

import (
	"fmt"
	"os"
	"path/filepath"

%(imports)s)

func main() {
	switch name := filepath.Base(os.Args[0]); name {
%(cases)s	default:
		fmt.Fprintf(os.Stderr, "%%s: error: this program is called by another name: expected one of %(names)s\\n", name)
		os.Exit(2)
	}
}
"""


def main(folder, commands):
    module = subprocess.run(["go", "list", "-m"], check=True, capture_output=True, text=True).stdout.strip()
    folder, replaced = Path(folder).resolve(), {}

    def show(place, text):
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        replaced[str(Path("cmd/gobert", place).resolve())] = str(path)

    for command in commands:
        for source in sorted(Path("cmd", command).glob("*.go")):
            if not source.name.endswith("_test.go"):
                text = re.sub(r"^package main$", f"package {command}", source.read_text(encoding="utf-8"), count=1, flags=re.MULTILINE)
                show(f"{command}/{source.name}", re.sub(r"^func main\(\)", "func Main()", text, flags=re.MULTILINE))
    show("main.go", MAIN % {
        "imports": "".join(f'\t{c} "{module}/cmd/gobert/{c}"\n' for c in commands),
        "cases": "".join(f'\tcase "{c}":\n\t\t{c}.Main()\n' for c in commands),
        "names": ", ".join(commands),
    })
    (folder / "overlay.json").write_text(json.dumps({"Replace": replaced}), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2:])
