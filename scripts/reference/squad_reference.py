"""Answers of transformers to a SQuAD file, from a fine-tuned folder: what `finetune eval --squad-predictions` is held to.

    ref/bin/python scripts/reference/squad_reference.py EXAMPLES MODEL dev.json --out reference --compare ours

EXAMPLES is the folder examples/pytorch of a checkout of transformers: the answers are chosen by its own
question-answering/utils_qa.py. Questions are cut into windows as run_qa.py does it. --compare counts the answers of another
folder of predictions that differ, and gives the greatest difference of a logit among the candidates both list.
"""
import argparse, json, pathlib, sys

import numpy as np, torch
from transformers import AutoModelForQuestionAnswering, AutoTokenizer

p = argparse.ArgumentParser()
p.add_argument("examples")
p.add_argument("model")
p.add_argument("file")
p.add_argument("--out", required=True)
p.add_argument("--compare")
p.add_argument("--length", type=int, default=384)
p.add_argument("--stride", type=int, default=128)
p.add_argument("--batch", type=int, default=16)
p.add_argument("--questions", type=int, help="the first so many alone")
p.add_argument("--threads", type=int, default=0)
a = p.parse_args()
if a.threads:
    torch.set_num_threads(a.threads)
sys.path.insert(0, str(pathlib.Path(a.examples, "question-answering")))
from utils_qa import postprocess_qa_predictions  # noqa: E402


class Rows(list):
    """Rows that also give columns, as a data set does."""

    def __getitem__(self, key):
        return [row[key] for row in self] if isinstance(key, str) else list.__getitem__(self, key)


rows = Rows(dict(id=q["id"], question=q["question"].lstrip(), context=g["context"], none=not q["answers"])
            for d in json.loads(pathlib.Path(a.file).read_text(encoding="utf-8"))["data"] for g in d["paragraphs"] for q in g["qas"])
v2 = any(r["none"] for r in rows)
rows = Rows(rows[:a.questions])
tok, model = AutoTokenizer.from_pretrained(a.model), AutoModelForQuestionAnswering.from_pretrained(a.model).eval()
e = tok(rows["question"], rows["context"], truncation="only_second", max_length=a.length, stride=a.stride, return_overflowing_tokens=True, return_offsets_mapping=True)
features = [dict(example_id=rows[k]["id"], offset_mapping=[o if s == 1 else None for o, s in zip(e["offset_mapping"][i], e.sequence_ids(i))])
            for i, k in enumerate(e["overflow_to_sample_mapping"])]
first, last = [None] * len(features), [None] * len(features)
order = np.argsort([len(x) for x in e["input_ids"]], kind="stable")
with torch.inference_mode():
    for at in range(0, len(order), a.batch):
        some = order[at:at + a.batch]
        o = model(**tok.pad({k: [e[k][i] for i in some] for k in ("input_ids", "token_type_ids", "attention_mask")}, return_tensors="pt"))
        for row, i in enumerate(some):
            n = len(e["input_ids"][i])
            first[i], last[i] = o.start_logits[row, :n].numpy(), o.end_logits[row, :n].numpy()
out = pathlib.Path(a.out)
out.mkdir(parents=True, exist_ok=True)
mine = postprocess_qa_predictions(rows, features, (first, last), version_2_with_negative=v2, output_dir=str(out))
print(f"{len(rows)} questions, {len(features)} windows, version {'2.0' if v2 else '1.1'}")
if a.compare:
    read = lambda folder, name: json.loads(pathlib.Path(folder, name).read_text(encoding="utf-8"))
    theirs, best, others = read(a.compare, "predictions.json"), read(out, "nbest_predictions.json"), read(a.compare, "nbest_predictions.json")
    wrong = [i for i in mine if mine[i] != theirs.get(i)]
    key = lambda c: (c["text"], round(c["start_logit"], 3), round(c["end_logit"], 3))
    gap = n = 0
    for i in best:
        know = {key(c): c for c in others[i]}
        for c in best[i]:
            if (d := know.get(key(c))) is not None:
                n += 1
                gap = max(gap, abs(c["start_logit"] - d["start_logit"]), abs(c["end_logit"] - d["end_logit"]))
    largest = max(abs(c[k]) for i in best for c in best[i] for k in ("start_logit", "end_logit"))
    print(f"{len(wrong)} of {len(mine)} answers differ; logits of {n} of {sum(map(len, best.values()))} candidates differ by {gap:.2e} at most, the largest is {largest:.2f}")
    for i in wrong[:10]:
        print(f"{i}: {mine[i]!r} here, {theirs.get(i)!r} there")
