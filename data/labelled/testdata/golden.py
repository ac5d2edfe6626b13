"""Writes golden/*.json: what the reference makes of texts of our own.

    python golden.py EXAMPLES

EXAMPLES is the folder examples/pytorch of a checkout of transformers: its scripts run_qa.py, run_ner.py and utils_qa.py are
called, not copied. The vocabulary is made here. Each file says which versions wrote it.
"""

import ast
import json
import os
import random
import sys
import tempfile
import types

import numpy as np
import tokenizers
import torch
import transformers
from transformers import BertConfig, BertForTokenClassification, BertTokenizerFast
from transformers.pipelines.token_classification import TokenClassificationPipeline

HERE = os.path.dirname(os.path.abspath(__file__))
EXAMPLES = sys.argv[1]
VERSIONS = {
    "transformers": transformers.__version__,
    "tokenizers": tokenizers.__version__,
    "numpy": np.__version__,
    "torch": torch.__version__,
    "python": sys.version.split()[0],
}
WORDS = """the of and to in a is was for on with as by at from it an river city bridge old stone built year king
market water small north south house light green train station people name called first school garden winter music
doctor letter ship harbour tower wall gate seven twelve hundred thousand who where when what which did does how many
play run ing ed ly er est ness un re don can not""".split()
PIECES = "ing ed ly er est ness s t m n al ion or en ty our bur".split()
NASTY = ["na\u00efve", "Z\u00fcrich", "don't", "\u5317\u4eac", "\u4e2d\u56fd\u4eba", "caf\u00e9-bar", "3.5%", "(sic)", "U.S.", "\u200b", "\U0001f600",
         "\u0130stanbul", "x" * 120, "[MASK]", "\u00adsoft\u00adhyphen", "e\u0301t\u00e9", "\u01c5ungla", "\ufb01ne", "#tag", "##ing", "\u0e01\u0e33"]


def vocabulary(folder):
    letters = [chr(c) for c in range(33, 127) if not chr(c).isupper()]
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + letters + ["##" + c for c in letters if c.isalnum()]
    tokens += list("\u5317\u4eac\u4e2d\u00fc\u00e9") + sorted(set(WORDS) - set(letters)) + ["##" + p for p in PIECES if len(p) > 1]
    with open(os.path.join(folder, "vocab.txt"), "w", encoding="utf-8") as f:
        f.write("\n".join(tokens) + "\n")
    with open(os.path.join(folder, "tokenizer_config.json"), "w") as f:
        json.dump({"do_lower_case": True, "tokenizer_class": "BertTokenizer", "model_max_length": 32}, f)


def text(rng, low, high):
    words = []
    for _ in range(rng.randint(low, high)):
        p = rng.random()
        if p < 0.12:
            words.append(rng.choice(NASTY))
        elif p < 0.25:
            words.append(rng.choice(WORDS).capitalize() + rng.choice([",", ".", "'s", "er", "ing"]))
        else:
            words.append(rng.choice(WORDS) + rng.choice(["", "", "", "ed", "zq"]))
    return rng.choice([" ", " ", "  "]).join(words)


def write(name, value):
    with open(os.path.join(HERE, "golden", name), "w", encoding="utf-8") as f:
        json.dump({"versions": VERSIONS, **value}, f, ensure_ascii=False, separators=(",", ":"))
        f.write("\n")


def script(name, functions, **known):
    """Takes nested functions out of an example script, with the names they use."""
    with open(os.path.join(EXAMPLES, name), encoding="utf-8") as f:
        tree = ast.parse(f.read())
    found = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name in functions]
    exec(compile(ast.Module(found, []), name, "exec"), known)
    return [known[f] for f in functions]


def classify(tok, rng):
    cases = [("", None), ("   ", None), ("river", ""), ("", "river")]
    cases += [(text(rng, 1, 12), None) for _ in range(20)]
    cases += [(text(rng, 0, 14), text(rng, 0, 14)) for _ in range(60)]
    out = []
    for a, b in cases:
        for length in (5, 8, 17, 32):
            # In a batch, as the scripts do: there an empty second text makes a pair all the same.
            e = tok([a], None if b is None else [b], truncation=True, max_length=length)
            out.append({"text": a, "pair": b, "max": length, "ids": e["input_ids"][0], "types": e["token_type_ids"][0]})
    choices = []
    for _ in range(15):
        prompt, ends = text(rng, 1, 10), [text(rng, 1, 10) for _ in range(4)]
        e = tok([prompt] * 4, ends, truncation=True, max_length=16)
        choices.append({"prompt": prompt, "choices": ends, "max": 16, "ids": e["input_ids"], "types": e["token_type_ids"]})
    write("classify.json", {"cases": out, "choices": choices})


def tag(tok, rng):
    names = ["B-LOC", "B-PER", "I-PER", "O"]  # B-LOC has no I-: it stays what it is
    examples = {"tokens": [], "tags": []}
    for _ in range(40):
        words = text(rng, 1, 14).split(" ")
        examples["tokens"].append(words)
        examples["tags"].append([rng.choice(names) for _ in words])
    out = []
    for every in (False, True):
        for length in (12, 40):
            (align,) = script(
                "token-classification/run_ner.py", ["tokenize_and_align_labels"], tokenizer=tok, padding=False,
                text_column_name="tokens", label_column_name="tags", label_to_id={n: i for i, n in enumerate(names)},
                b_to_i_label=[0, 2, 2, 3], data_args=types.SimpleNamespace(max_seq_length=length, label_all_tokens=every))
            e = align(examples)
            out.append({"all": every, "max": length, "ids": e["input_ids"], "labels": e["labels"]})
    write("tag.json", {"names": names, **examples, "runs": out})


def questions(rng):
    q = {"id": [], "question": [], "context": [], "answers": []}
    for i in range(40):
        context = text(rng, 3, 60)
        words = [w for w in context.split(" ") if w.strip("\u200b")]
        answers = {"text": [], "answer_start": []}
        if rng.random() < 0.8:
            first = rng.randrange(len(words))
            if i % 8 == 0:
                first = len(words) - 1  # the last word: the reference's odd case
            start = context.index(words[first])
            end = start + len(words[first])
            if rng.random() < 0.5:
                end = min(len(context), end + rng.randint(0, 20))
            if rng.random() < 0.3:
                start = min(end - 1, start + rng.randint(0, 2))  # in the middle of a word
            answers = {"text": [context[start:end]], "answer_start": [start]}
        q["id"].append(f"q{i}")
        q["question"].append(rng.choice(["", " ", "\u00a0\n "]) + text(rng, 1, 6) + "?")
        q["context"].append(context)
        q["answers"].append(answers)
    return q


def span(tok, rng):
    q, runs = questions(rng), []
    for length, stride in ((40, 8), (64, 16), (384, 128)):
        known = dict(tokenizer=tok, question_column_name="question", context_column_name="context",
                     answer_column_name="answers", pad_on_right=True, max_seq_length=length,
                     data_args=types.SimpleNamespace(doc_stride=stride, pad_to_max_length=False))
        train, evaluation = script("question-answering/run_qa.py", ["prepare_train_features", "prepare_validation_features"], **known)
        keep = [i for i, x in enumerate(q["question"]) if len(tok.tokenize(x)) + 3 + stride < length]
        part = {k: [v[i] for i in keep] for k, v in q.items()}
        t = train({k: list(v) for k, v in part.items()})
        e = evaluation({k: list(v) for k, v in part.items()})
        runs.append({"max": length, "stride": stride, "questions": keep, "example": e["example_id"], "ids": t["input_ids"],
                     "types": t["token_type_ids"], "first": t["start_positions"], "last": t["end_positions"],
                     "offsets": e["offset_mapping"]})
    write("span.json", {**q, "runs": runs})
    return q, runs[0]


class Examples(list):
    """Rows that also give columns, as a data set does."""

    def __getitem__(self, key):
        return [row[key] for row in self] if isinstance(key, str) else list.__getitem__(self, key)


def logits(rng, n):
    """Different values, so that no order depends on how a processor sorts equal ones."""
    values = rng.sample(range(-90000, 90000), n)
    return [v / 10000 for v in values]


def answers(q, run, rng):
    sys.path.insert(0, os.path.join(EXAMPLES, "question-answering"))
    from utils_qa import postprocess_qa_predictions

    some = {q["id"][i] for i in run["questions"][:16]}
    rows = Examples({"id": q["id"][i], "context": q["context"][i]} for i in run["questions"][:16])
    features = [{"example_id": x, "offset_mapping": o} for x, o in zip(run["example"], run["offsets"]) if x in some]
    offsets = [f["offset_mapping"] for f in features]
    first = [logits(rng, len(o)) for o in offsets]
    last = [logits(rng, len(o)) for o in offsets]
    for k in range(0, len(first), 3):  # sure that there is no answer, or that nothing of the context is one
        first[k][0], last[k][0] = 9.5 + k / 1000, 9.25
    for k in range(0, len(first), 7):
        for i, o in enumerate(offsets[k]):
            if o is not None:
                first[k][i] -= 30
                last[k][i] -= 30
    width = max(map(len, first))
    pad = lambda rows: np.array([r + [-1e9 - i for i in range(width - len(r))] for r in rows], dtype=np.float32)
    out = []
    for s in ({"version_2_with_negative": False}, {"version_2_with_negative": True},
              {"version_2_with_negative": True, "n_best_size": 3, "max_answer_length": 4, "null_score_diff_threshold": 1.5},
              {"version_2_with_negative": False, "n_best_size": 1, "max_answer_length": 1}):
        with tempfile.TemporaryDirectory() as folder:
            postprocess_qa_predictions(rows, features, (pad(first), pad(last)), output_dir=folder, **s)
            files = {n: open(os.path.join(folder, n)).read() for n in sorted(os.listdir(folder))}
        out.append({"settings": s, "files": files})
    write("answers.json", {"first": first, "last": last, "runs": out})


class Recorder(TokenClassificationPipeline):
    seen = []

    def postprocess(self, outputs, **kw):
        Recorder.seen = outputs
        return super().postprocess(outputs, **kw)


def entities(tok, rng):
    torch.manual_seed(7)
    names = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC", "MISC"]
    config = BertConfig(vocab_size=len(tok), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
                        id2label=dict(enumerate(names)), label2id={n: i for i, n in enumerate(names)})
    model = BertForTokenClassification(config).eval()
    with torch.no_grad():
        model.classifier.weight.mul_(60)
    pipe = Recorder(model=model, tokenizer=tok, device="cpu")
    plain = lambda found: [{k: (float(v) if k == "score" else int(v) if k in ("start", "end", "index") else v) for k, v in e.items()} for e in found]
    cases = []
    for i in range(24):
        line = text(rng, 3, 40 if i % 4 == 0 else 12)
        settings = {"stride": 6} if i % 4 == 0 else {}
        results, windows = {}, []
        for strategy in (["simple", "first", "average", "max"] if settings else ["none", "simple", "first", "average", "max"]):
            results[strategy] = plain(pipe(line, aggregation_strategy=strategy, **settings))
            windows = [[
                {"piece": tok.convert_ids_to_tokens(int(o["input_ids"][0][k])), "unk": int(o["input_ids"][0][k]) == tok.unk_token_id, "index": k,
                 "start": int(o["offset_mapping"][0][k][0]), "end": int(o["offset_mapping"][0][k][1]),
                 "logits": [float(x) for x in o["logits"][0][k]]}
                for k in range(len(o["input_ids"][0])) if not o["special_tokens_mask"][0][k]] for o in Recorder.seen]
        cases.append({"text": line, "windows": windows, "results": results})
    write("entities.json", {"names": names, "cases": cases})


def main():
    rng = random.Random(20260101)
    golden = os.path.join(HERE, "golden")
    vocabulary(golden)
    tok = BertTokenizerFast.from_pretrained(golden)
    classify(tok, rng)
    tag(tok, rng)
    q, run = span(tok, rng)
    answers(q, run, rng)
    entities(tok, rng)


main()
