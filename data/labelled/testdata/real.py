"""Writes golden/real.json: hashes of the features that the reference makes of the real files under BERT_DATA.

    python real.py EXAMPLES BERT_DATA

Nothing of the files is in the result. Features are hashed as little-endian int32, one array after the other.
"""

import ast
import csv
import hashlib
import json
import os
import sys
import tempfile
import types

import numpy as np
import tokenizers
import transformers
from transformers import BertTokenizerFast

HERE = os.path.dirname(os.path.abspath(__file__))
EXAMPLES, DATA = sys.argv[1:]
sys.path.insert(0, os.path.join(EXAMPLES, "question-answering"))

from utils_qa import postprocess_qa_predictions  # noqa: E402


def tokenizer(name, lower):
    return BertTokenizerFast(vocab=os.path.join(DATA, "vocab", name, "vocab.txt"), do_lower_case=lower)


def script(name, function, **known):
    with open(os.path.join(EXAMPLES, name), encoding="utf-8") as f:
        tree = ast.parse(f.read())
    found = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == function]
    exec(compile(ast.Module(found, []), name, "exec"), known)
    return known[function]


def digest(rows):
    h = hashlib.sha256()
    for r in rows:
        h.update(np.asarray(r, dtype="<i4").tobytes())
    return h.hexdigest()



class Rows(list):
    """Rows that also give columns, as a data set does."""

    def __getitem__(self, key):
        return [row[key] for row in self] if isinstance(key, str) else list.__getitem__(self, key)


def post_process(q, v2):
    """Answers from logits that any program can make: different within a window, with many sums that are equal."""
    known = dict(tokenizer=tokenizer("bert-base-uncased", True), question_column_name="question", context_column_name="context",
                 pad_on_right=True, max_seq_length=384, data_args=types.SimpleNamespace(doc_stride=128, pad_to_max_length=False))
    e = script("question-answering/run_qa.py", "prepare_validation_features", **known)({k: list(v) for k, v in q.items()})
    features = [{"example_id": x, "offset_mapping": o} for x, o in zip(e["example_id"], e["offset_mapping"])]
    make = lambda f, n, a, b, c: np.array([((k * a + f * b + c) % 1009) / 64 - 8 for k in range(n)], dtype=np.float32)
    first = [make(f, len(x["offset_mapping"]), 371, 97, 0) for f, x in enumerate(features)]
    last = [make(f, len(x["offset_mapping"]), 523, 61, 17) for f, x in enumerate(features)]
    rows = Rows({"id": i, "context": c} for i, c in zip(q["id"], q["context"]))
    with tempfile.TemporaryDirectory() as folder:
        postprocess_qa_predictions(rows, features, (first, last), version_2_with_negative=v2, output_dir=folder)
        files = {n: hashlib.sha256(open(os.path.join(folder, n), "rb").read()).hexdigest() for n in ("predictions.json", "null_odds.json")
                 if os.path.exists(os.path.join(folder, n))}
    return {"answers": files["predictions.json"], "odds": files.get("null_odds.json", "")}


def squad(name):
    q = {"id": [], "question": [], "context": [], "answers": []}
    with open(os.path.join(DATA, name), encoding="utf-8") as f:
        for article in json.load(f)["data"]:
            for p in article["paragraphs"]:
                for x in p["qas"]:
                    q["id"].append(x["id"])
                    q["question"].append(x["question"])
                    q["context"].append(p["context"])
                    q["answers"].append({k: [a[k] for a in x["answers"]] for k in ("text", "answer_start")})
    prepare = script("question-answering/run_qa.py", "prepare_train_features", tokenizer=tokenizer("bert-base-uncased", True),
                     question_column_name="question", context_column_name="context", answer_column_name="answers",
                     pad_on_right=True, max_seq_length=384, data_args=types.SimpleNamespace(doc_stride=128, pad_to_max_length=False))
    answers = post_process(q, name.startswith("squad_v2"))
    e = prepare(q)
    odd = sum(a > b for a, b in zip(e["start_positions"], e["end_positions"]))
    return {"features": len(e["input_ids"]), "ids": digest(e["input_ids"]), "types": digest(e["token_type_ids"]),
            "first": digest([e["start_positions"]]), "last": digest([e["end_positions"]]), "odd": odd,
            **answers}


def tsv(name, a, b=None):
    with open(os.path.join(DATA, name), encoding="utf-8-sig", newline="\n") as f:
        rows = list(csv.reader(f, delimiter="\t", quoting=csv.QUOTE_NONE))
    if isinstance(a, str):
        head = rows.pop(0)
        a, b = head.index(a), None if b is None else head.index(b)
    e = tokenizer("bert-base-uncased", True)([r[a] for r in rows], None if b is None else [r[b] for r in rows], truncation=True, max_length=128)
    return {"features": len(rows), "ids": digest(e["input_ids"]), "types": digest(e["token_type_ids"])}


def tags(name, vocab, lower):
    sentences = []
    with open(os.path.join(DATA, name), encoding="utf-8") as f:
        if name.endswith(".json"):
            sentences = [list(zip(r["text"], r["label"])) for r in map(json.loads, f)]
        else:
            for block in f.read().replace("\t\n", "\n").split("\n\n"):
                lines = [line.split("\t") for line in block.split("\n") if line.strip()]
                if lines:
                    sentences.append([(w, t) for w, t in lines])
    names = sorted({t for s in sentences for _, t in s})
    out = {}
    for every in (False, True):
        inside = [names.index("I-" + n[2:]) if n.startswith("B-") and "I-" + n[2:] in names else i for i, n in enumerate(names)]
        align = script("token-classification/run_ner.py", "tokenize_and_align_labels", tokenizer=tokenizer(vocab, lower), padding=False,
                       text_column_name="w", label_column_name="t", label_to_id={n: i for i, n in enumerate(names)}, b_to_i_label=inside,
                       data_args=types.SimpleNamespace(max_seq_length=128, label_all_tokens=every))
        e = align({"w": [[w for w, _ in s] for s in sentences], "t": [[t for _, t in s] for s in sentences]})
        out |= {"features": len(sentences), "ids": digest(e["input_ids"]), f"tags_{every}".lower(): digest(e["labels"])}
    return out


def codah(name):
    with open(os.path.join(DATA, name), encoding="utf-8", newline="\n") as f:
        rows = [line.rstrip("\n").split("\t") for line in f]
    e = tokenizer("bert-base-uncased", True)([r[1] for r in rows for _ in range(4)], [c for r in rows for c in r[2:6]], truncation=True, max_length=32)
    return {"features": len(rows), "ids": digest(e["input_ids"]), "types": digest(e["token_type_ids"]), "first": digest([[int(r[6]) for r in rows]])}


result = {
    "versions": {"transformers": transformers.__version__, "tokenizers": tokenizers.__version__, "python": sys.version.split()[0]},
    "squad": {n: squad(n) for n in ("squad_v1.1/train.json", "squad_v1.1/dev.json", "squad_v2.0/dev.json")},
    "texts": {
        "glue/SST-2/train.tsv": tsv("glue/SST-2/train.tsv", "sentence"),
        "glue/CoLA/train.tsv": tsv("glue/CoLA/train.tsv", 3),
        "glue/MRPC/train.tsv": tsv("glue/MRPC/train.tsv", "#1 String", "#2 String"),
        "glue/STS-B/train.tsv": tsv("glue/STS-B/train.tsv", "sentence1", "sentence2"),
        "glue/QNLI/dev.tsv": tsv("glue/QNLI/dev.tsv", "question", "sentence"),
        "glue/RTE/train.tsv": tsv("glue/RTE/train.tsv", "sentence1", "sentence2"),
        "glue/WNLI/train.tsv": tsv("glue/WNLI/train.tsv", "sentence1", "sentence2"),
    },
    "tags": {
        "wnut17/wnut17train.conll": tags("wnut17/wnut17train.conll", "bert-base-cased", False),
        "chinese/ner/resume/train.json": tags("chinese/ner/resume/train.json", "bert-base-chinese", True),
    },
    "choices": {"codah/cv_split/fold_0/train.tsv": codah("codah/cv_split/fold_0/train.tsv")},
}
with open(os.path.join(HERE, "golden", "real.json"), "w") as f:
    json.dump(result, f, indent=1)
    f.write("\n")
