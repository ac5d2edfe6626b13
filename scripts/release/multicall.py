"""Make one program of several commands, which differ in the name that it is called by: they share nine tenths of their code.

usage: multicall.py FOLDER COMMAND...
       FOLDER gets copies of the commands' sources as packages, and overlay.json, which shows them to "go build" in cmd/gobert; and go.mod

Nothing in the repository is changed: the commands stay programs of their own for whoever builds them. Of the library of charts it
leaves out what they never draw with: 4 MB of fonts, and TeX.
"""

import json
import re
import shutil
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

CHARTS = "gonum.org/v1/plot"
FONTS = ("liberationserifregular", "liberationsansregular", "liberationsansbold")  # the first one is what an empty text is measured in


def listed(*args):
    return subprocess.run(["go", "list", *args], check=True, capture_output=True, text=True).stdout.strip()


def only_our_fonts(text):
    """The source of gonum's collection of fonts, with three of its twelve."""

    def keep(found):
        return found.group(0) if found.group(1) in FONTS else ""

    text = re.sub(r'^\t"codeberg\.org/go-fonts/liberation/(\w+)"\n', keep, text, flags=re.MULTILINE)
    text = re.sub(r"^\t+addColl\(font\.Font\{[^}]*\}, (\w+)\.TTF\)\n", keep, text, flags=re.MULTILINE)
    if text.count(".TTF") != len(FONTS):
        sys.exit("multicall: gonum's collection of fonts has another form than expected")
    return text


def less_charts(folder):
    """A copy of gonum's charts in FOLDER/plot, and FOLDER/go.mod, which takes it. (An overlay may not touch the cache of modules.)"""
    plot = folder / "plot"
    shutil.rmtree(plot, ignore_errors=True)
    shutil.copytree(listed("-m", "-f", "{{.Dir}}", CHARTS), plot, ignore=shutil.ignore_patterns("testdata", "*_test.go"), copy_function=shutil.copyfile)
    for path in [plot, *plot.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    (plot / "text/latex.go").unlink()
    fonts = plot / "font/liberation/liberation.go"
    fonts.write_text(only_our_fonts(fonts.read_text(encoding="utf-8")), encoding="utf-8")
    for name in ("go.mod", "go.sum"):
        shutil.copyfile(name, folder / name)
    where = "./" + str(plot.relative_to(Path.cwd()))
    subprocess.run(["go", "mod", "edit", f"-replace={CHARTS}={where}", folder / "go.mod"], check=True)


def main(folder, commands):
    module = listed("-m")
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
    less_charts(folder)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2:])
