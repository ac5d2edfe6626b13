"""What was found, written as it comes: a line of JSON each, and tables that a person reads."""
import json, time


class Record:
    def __init__(self, folder):
        self.lines = open(folder / "results.jsonl", "w")
        self.tables = open(folder / "results.md", "w")
        self.began, self.columns, self.failures = time.time(), None, 0

    def row(self, step, **cells):
        """One result of a step: a row of its table. A cell named "ok" says whether it is as it should be."""
        self.line(step, **cells)
        if cells.get("ok") is False:
            self.failures += 1
        if self.columns != (step, *cells):
            self.columns = step, *cells
            self.write(f"\n### {step}\n\n| " + " | ".join(name.replace("_", " ") for name in cells) + " |\n" + "|---" * len(cells) + "|\n")
        self.write("| " + " | ".join(map(shown, cells.values())) + " |\n")

    def note(self, step, text, failed=False):
        """A sentence about a step: why it is missing, or what went wrong."""
        self.line(step, **{"error" if failed else "note": text})
        self.failures += failed
        self.columns = None
        self.write(f"\n**{step}{' failed' if failed else ''}**: {text}\n")

    def line(self, step, **cells):
        print(json.dumps(dict(step=step, at=round(time.time() - self.began, 1), **cells)), file=self.lines, flush=True)

    def write(self, text):
        print(text, end="", flush=True)
        print(text, end="", file=self.tables, flush=True)


def shown(value):
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "**NO**"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return str(value).replace("|", "/")
