"""What transformers says about texts, for a folder that gobert wrote: a JSON list on standard output.

    python reference.py FOLDER classify|tag|squad|choice|adapter [STRATEGY] < texts.json

adapter is for a folder with LoRA adapters of a classifier, which PEFT opens; without PEFT the answer is null.
"""
import json, sys

import torch
from transformers import AutoConfig, AutoModelForMultipleChoice, AutoModelForQuestionAnswering, AutoModelForSequenceClassification, AutoTokenizer, pipeline

folder, kind = sys.argv[1], sys.argv[2]
texts = json.load(sys.stdin)
if kind == "classify":
    run = pipeline("text-classification", folder, device="cpu", trust_remote_code=True)
    out = [{x["label"]: x["score"] for x in run(t, top_k=None)} for t in texts]
elif kind == "tag":
    run = pipeline("token-classification", folder, device="cpu", aggregation_strategy=sys.argv[3])
    key = "entity" if sys.argv[3] == "none" else "entity_group"
    out = [[dict(label=e[key], score=float(e["score"]), word=e["word"], start=e["start"], end=e["end"]) for e in run(t)] for t in texts]
elif kind == "choice":
    tok, model = AutoTokenizer.from_pretrained(folder), AutoModelForMultipleChoice.from_pretrained(folder).eval()
    out = []
    for prompt, *choices in texts:
        b = tok([prompt] * len(choices), choices, padding=True, return_tensors="pt")
        with torch.no_grad():
            out.append(model(**{k: v[None] for k, v in b.items()}).logits[0].tolist())
elif kind == "adapter":
    try:
        from peft import PeftModel
    except ImportError:
        print("null")
        sys.exit()
    with open(f"{folder}/adapter_config.json", encoding="utf-8") as f:
        base = json.load(f)["base_model_name_or_path"]
    tok, config = AutoTokenizer.from_pretrained(folder), AutoConfig.from_pretrained(folder)
    model = PeftModel.from_pretrained(AutoModelForSequenceClassification.from_pretrained(base, config=config), folder).eval()
    with torch.no_grad():
        out = [model(**tok(t, return_tensors="pt")).logits[0].tolist() for t in texts]
else:
    tok, model = AutoTokenizer.from_pretrained(folder), AutoModelForQuestionAnswering.from_pretrained(folder).eval()
    out = []
    for question, context in texts:
        with torch.no_grad():
            o = model(**tok(question, context, return_tensors="pt"))
        out.append([o.start_logits[0].tolist(), o.end_logits[0].tolist()])
print(json.dumps(out))
