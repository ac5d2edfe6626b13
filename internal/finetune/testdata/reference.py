"""What transformers says about texts, for a folder that gobert wrote: a JSON list on standard output.

    python reference.py FOLDER classify|tag|squad [STRATEGY] < texts.json
"""
import json, sys

import torch
from transformers import AutoModelForQuestionAnswering, AutoTokenizer, pipeline

folder, kind = sys.argv[1], sys.argv[2]
texts = json.load(sys.stdin)
if kind == "classify":
    run = pipeline("text-classification", folder, device="cpu", trust_remote_code=True)
    out = [{x["label"]: x["score"] for x in run(t, top_k=None)} for t in texts]
elif kind == "tag":
    run = pipeline("token-classification", folder, device="cpu", aggregation_strategy=sys.argv[3])
    key = "entity" if sys.argv[3] == "none" else "entity_group"
    out = [[dict(label=e[key], score=float(e["score"]), word=e["word"], start=e["start"], end=e["end"]) for e in run(t)] for t in texts]
else:
    tok, model = AutoTokenizer.from_pretrained(folder), AutoModelForQuestionAnswering.from_pretrained(folder).eval()
    out = []
    for question, context in texts:
        with torch.no_grad():
            o = model(**tok(question, context, return_tensors="pt"))
        out.append([o.start_logits[0].tolist(), o.end_logits[0].tolist()])
print(json.dumps(out))
