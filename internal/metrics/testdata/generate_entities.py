"""Writes entities.json with seqeval and conlleval.json with conlleval's Perl script and its port to Python.

Versions used: seqeval 1.2.2, numpy 2.4.6, conlleval 0.2 (the port); conlleval.pl of 2004-01-26. The script and the port
are no part of this repository: python generate_entities.py FOLDER, where FOLDER holds conlleval.pl and the package conlleval.
"""
import json
import random
import re
import subprocess
import sys
import warnings

import numpy as np
from seqeval import scheme
from seqeval.metrics import accuracy_score
from seqeval.metrics.sequence_labeling import precision_recall_fscore_support
from seqeval.metrics.v1 import precision_recall_fscore_support as strict_support

sys.path.insert(0, sys.argv[1])
from conlleval import evaluate

warnings.simplefilter("ignore")
random.seed(3)

PREFIXES = {"IOB1": "IOB", "IOB2": "IOB", "IOE1": "IOE", "IOE2": "IOE", "IOBES": "IOBES", "BILOU": "BILOU"}
KINDS = ["PER", "LOC", "creative-work", "X"]


def sentence(prefixes, n, kinds):
    return ["O" if (p := random.choice(prefixes + "O")) == "O" else p + "-" + random.choice(kinds) for _ in range(n)]


def disturb(tags, prefixes, kinds, share):
    other = sentence(prefixes, len(tags), kinds)
    return [o if random.random() < share else t for t, o in zip(tags, other)]


def sample(prefixes):
    kinds = random.sample(KINDS, random.choice([1, 2, 4]))
    truth = [sentence(prefixes, random.choice([0, 1, 2, 5, 9, 14]), kinds) for _ in range(random.choice([1, 2, 6]))]
    share = random.choice([0, 0.1, 0.4, 1])
    return truth, [disturb(t, prefixes, kinds, share) for t in truth]


def plain(x):
    return None if x != x else float(x)


def scores(result):
    return [plain(v) for v in result[:3]] + [int(result[3])]


def report(truth, predicted, name):
    if name:
        run = lambda average: strict_support(truth, predicted, average=average, scheme=getattr(scheme, name))
    else:
        run = lambda average: precision_recall_fscore_support(truth, predicted, average=average)
    try:
        case = {a: scores(run(a)) for a in ("micro", "macro", "weighted")}
        case["each"] = [[plain(v) for v in row[:3]] + [int(row[3])] for row in zip(*run(None))]
        return case
    except (ValueError, KeyError) as e:
        return {"error": str(e)}


def join(sentences):
    return [" ".join(s) for s in sentences]


entities = []
odd = [
    ([["O"]], [["O"]]), ([[]], [[]]), ([["B-X", "I-X"]], [["I-X", "I-X"]]), ([["I-X", "B-X"]], [["I-X", "I-X"]]),
    ([["B", "I", "O"]], [["B", "O", "O"]]), ([["B-a-b", "I-a-b"]], [["B-a-b", "I-a"]]), ([["B-X"], ["I-X"]], [["B-X"], ["B-X"]]),
    ([["E-X", "S-X"]], [["S-X", "E-X"]]), ([["B-X", "I-Y"]], [["B-X", "I-X"]]), ([["."]], [["B-X"]]), ([["B-"]], [["B"]]),
]
for truth, predicted in odd:
    entities += [(truth, predicted, name) for name in ["", *PREFIXES]]
for name, prefixes in PREFIXES.items():
    entities += [(*sample(prefixes), name) for _ in range(80)]
    entities += [(*sample(prefixes), "") for _ in range(40)]
with open("entities.json", "w") as f:
    rows = []
    for truth, predicted, name in entities:
        case = {"scheme": name, "truth": join(truth), "predicted": join(predicted), **report(truth, predicted, name)}
        if sum(map(len, truth)):
            case["accuracy"] = accuracy_score(truth, predicted)
        rows.append(json.dumps(case, separators=(",", ":")))
    f.write("[\n" + ",\n".join(rows) + "\n]\n")


def lines(truth, predicted):
    for t, p in zip(truth, predicted):
        if not t:
            continue  # the script takes an empty line at the beginning for a line without columns
        yield from (f"w {a} {b}" for a, b in zip(t, p))
        yield ""


def perl(truth, predicted):
    text = "\n".join(lines(truth, predicted)) + "\n"
    run = subprocess.run(["perl", sys.argv[1] + "/conlleval.pl"], input=text, capture_output=True, text=True, check=True)
    return run.stdout


conll = []
cases = [sample(p) for p in ["IOB", "IOB", "IOE", "IO.", "[.", "]."] for _ in range(50)]
cases += [(t, p) for t, p in odd[:1] + odd[2:7]] + [sample("IOBES") for _ in range(50)]
for truth, predicted in cases:
    if not sum(map(len, truth)):
        continue
    case = {"truth": join(truth), "predicted": join(predicted)}
    found = evaluate(list(lines(truth, predicted)))["overall"]["chunks"]["stats"]
    case["counts"] = [found["gold"], found["pred"], found["correct"]]
    prefixes = set(re.findall(r"(?:^| )(\w)", " ".join(case["truth"] + case["predicted"])))
    untyped = any(tag != "O" and not tag[2:] for s in truth + predicted for tag in s)  # the script prints these twice
    # IOBES is younger than the script.
    if "S" not in prefixes and not {"B", "E"} <= prefixes and not untyped:
        case["output"] = perl(truth, predicted)
        got = re.search(r"with (\d+) phrases; found: (\d+) phrases; correct: (\d+)", case["output"])
        assert [int(x) for x in got.groups()] == case["counts"], case
    conll.append(case)
with open("conlleval.json", "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in conll) + "\n]\n")
print(len(entities), len(conll), sum("output" in c for c in conll))
