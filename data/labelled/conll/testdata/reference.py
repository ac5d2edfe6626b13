"""Writes forms/* and golden.json: small files of our own in the forms that sentences with tags come in, and what a reader of each
form makes of them.

    python reference.py

CoNLL-U is read by the library conllu; every other form by a few lines of plain Python below, which follow what the loading
scripts of Hugging Face's datasets and AllenNLP's reader of OntoNotes do with such files: conll2003, wnut_17, germeval_14,
wikineural, conll2012_ontonotesv5.
"""

import json
import os
import sys

import conllu

HERE = os.path.dirname(os.path.abspath(__file__))
NBSP = "\u00a0"


def blank(line):
    return line.strip() == ""


def columns(text, separator, word, tag, comment=None, counted=False):
    """One word a line; a blank line or -DOCSTART- parts sentences."""
    sentences, current = [], []
    for line in text.lstrip("\ufeff").split("\n"):
        line = line.rstrip("\r")
        cells = [c for c in line.split(" ") if c] if separator == " " else line.split(separator)
        if blank(line) or line.startswith("-DOCSTART-") or (counted and cells[1] == "-DOCSTART-"):
            if current:
                sentences.append(current)
            current = []
        elif comment is None or not line.startswith(comment):
            current.append((cells[word], cells[tag]))
    if current:
        sentences.append(current)
    return sentences


def universal(text):
    """Words have whole numbers in conllu; those of several tokens have a range, empty nodes a decimal, both as tuples."""
    return [[(w["form"], w["upos"]) for w in s if isinstance(w["id"], int)] for s in conllu.parse(text)]


def ontonotes(text):
    """The fourth column is the word, the eleventh the entities in brackets."""
    sentences, current, inside = [], [], None
    for line in text.split("\n"):
        if line.startswith("#"):
            continue
        if blank(line):
            if current:
                sentences.append(current)
            current, inside = [], None
            continue
        cells = line.split()
        mark = cells[10]
        if "(" in mark:
            inside = mark.strip("()*")
            tag = "B-" + inside
        else:
            tag = "O" if inside is None else "I-" + inside
        if ")" in mark:
            inside = None
        current.append((cells[3], tag))
    if current:
        sentences.append(current)
    return sentences


WORDS = [("Greta", "NNP", "B-NP", "B-PER"), ("Holm", "NNP", "I-NP", "I-PER"), ("reached", "VBD", "B-VP", "O"),
         ("Oslo", "NNP", "B-NP", "B-LOC"), (".", ".", "O", "O")]
MORE = [("#", "#", "B-NP", "O"), ("7", "CD", "I-NP", "O"), ("10" + NBSP + "000", "CD", "I-NP", "B-MISC"), ("wins", "VBZ", "B-VP", "O")]
LAST = [("Jonas", "NNP", "B-NP", "B-PER"), ("slept", "VBD", "B-VP", "O")]
ONE = [("Stop", "VB", "B-VP", "O")]
TEXTS = [WORDS, MORE, ONE, LAST]


def table(rows, take, separator, end="\n"):
    return end.join(separator.join(take(i, row)) for i, row in enumerate(rows)) + end


def joined(take, separator, end="\n", between="\n", before=""):
    return before + between.join(table(rows, take, separator, end) for rows in TEXTS)


def conll2003(end="\n"):
    mark = "-DOCSTART- -X- -X- O" + end + end
    return mark + table(WORDS, lambda i, r: r, " ", end) + end + table(MORE, lambda i, r: r, " ", end) + end + mark + table(LAST, lambda i, r: r, " ", end)


def germeval():
    out = ""
    inner = {"Greta": "B-PERpart", "Oslo": "B-LOC"}
    for n, rows in enumerate(TEXTS):
        out += f"#\thttp://example.org/{n} [2010-01-01]\n"
        out += table(rows, lambda i, r: (str(i + 1), r[0], r[3], inner.get(r[0], "O")), "\t") + "\n"
    return out


def conll_u():
    upos = {"NNP": "PROPN", "VBD": "VERB", "VBZ": "VERB", "VB": "VERB", ".": "PUNCT", "#": "SYM", "CD": "NUM"}

    def line(i, r):
        return (str(i + 1), r[0], r[0].lower(), upos[r[1]], r[1], "_", "0" if i == 0 else "1", "root" if i == 0 else "dep", "_", "_")

    out = ""
    for n, rows in enumerate(TEXTS):
        out += f"# sent_id = {n}\n# text = {' '.join(r[0] for r in rows)}\n"
        lines = table(rows, line, "\t").splitlines()
        if n == 0:
            lines.insert(0, "\t".join(["1-2", "GretaHolm"] + ["_"] * 8))
            lines.insert(4, "\t".join(["3.1", "has", "have", "AUX"] + ["_"] * 6))
        if n == 3:
            lines.insert(0, "\t".join(["0.1", "there", "there", "ADV"] + ["_"] * 6))
        out += "\n".join(lines) + "\n\n"
    return out


def onto():
    marks = {"Greta": "(PERSON*", "Holm": "*)", "Oslo": "(GPE)", "10" + NBSP + "000": "(CARDINAL)", "Jonas": "(PERSON)"}
    out = "#begin document (nw/example/00/example_0001); part 000\n"
    for n, rows in enumerate(TEXTS):
        predicates = sum(r[1].startswith("VB") for r in rows) + (n == 0)

        def line(i, r):
            roles = ["(V*)" if r[1].startswith("VB") else "(ARG0*)" if i == 0 else "*"] * predicates
            return ["nw/example/00/example_0001", "0", str(i), r[0], r[1], "(TOP(S*" if i == 0 else "*",
                    r[0].lower().replace(NBSP, "_"), "-", "-", "speaker#1", marks.get(r[0], "*")] + roles + ["-"]

        out += table(rows, line, "    ") + "\n"
    return out + "#end document\n"


def nbsp_free(read):
    """str.split() parts words at no-break spaces; the loading scripts that name their separator do not."""
    def wrapped(text):
        hidden = text.replace(NBSP, "\ue000")
        return [[(w.replace("\ue000", NBSP), t) for w, t in s] for s in read(hidden)]
    return wrapped


FORMS = {
    "conll2003.txt": (conll2003(), lambda t: columns(t, " ", 0, 3)),
    "windows.txt": ("\ufeff" + conll2003("\r\n"), lambda t: columns(t, " ", 0, 3)),
    "two.conll": (joined(lambda i, r: (r[0], r[3]), " ", between="  \n"), lambda t: columns(t, " ", 0, 1)),
    "tabs.conll": (joined(lambda i, r: (r[0].replace(NBSP, " "), r[3]), "\t", between="\t\n"), lambda t: columns(t, "\t", 0, 1)),
    "speech.conll": (joined(lambda i, r: (r[0], r[1]), "\t"), lambda t: columns(t, "\t", 0, 1)),
    "first.bio": (joined(lambda i, r: (r[3], r[0]), "\t"), lambda t: columns(t, "\t", 1, 0)),
    "zero.conll": (joined(lambda i, r: (str(i), r[0], r[3]), "\t"), lambda t: columns(t, "\t", 1, 2)),
    "zero_marks.conll": (joined(lambda i, r: (str(i), r[0], r[3]), "\t", between="\n0\t-DOCSTART-\tO\n\n"),
                         lambda t: columns(t, "\t", 1, 2, counted=True)),
    "zero_bare_marks.conll": (joined(lambda i, r: (str(i), r[0], r[3]), "\t", between="-DOCSTART-\tO\n", before="-DOCSTART-\tO\n"),
                              lambda t: columns(t, "\t", 1, 2)),
    "one.conll": (joined(lambda i, r: (str(i + 1), r[0], r[1], r[3]), "\t"), lambda t: columns(t, "\t", 1, 3)),
    "wikigold.conll": ("0\t010\tB-MISC\n1\tis\tO\n2\ta\tO\n3\t7\tB-MISC\n\n0\tOslo\tB-LOC\n", lambda t: columns(t, "\t", 1, 2)),
    "germeval.tsv": (germeval(), lambda t: columns(t, "\t", 1, 2, comment="#\t")),
    "universal.conllu": (conll_u(), universal),
    "ontonotes.conll": (onto(), nbsp_free(ontonotes)),
}

os.makedirs(os.path.join(HERE, "forms"), exist_ok=True)
golden = {"versions": {"python": sys.version.split()[0], "conllu": "6.0.0"}, "forms": {}}
for name, (text, read) in FORMS.items():
    with open(os.path.join(HERE, "forms", name), "w", encoding="utf-8", newline="") as f:
        f.write(text)
    golden["forms"][name] = [{"words": [w for w, _ in s], "tags": [t for _, t in s]} for s in read(text)]
with open(os.path.join(HERE, "golden.json"), "w", encoding="utf-8") as f:
    json.dump(golden, f, ensure_ascii=True, indent=1)
    f.write("\n")
