"""The speed of transformers' pipeline and of sentence-transformers' way, beside `finetune predict` and `finetune embed`.

    ref/bin/python scripts/reference/predict_reference.py pipeline MODEL texts.txt --batch 32
    ref/bin/python scripts/reference/predict_reference.py embed MODEL texts.txt --batch 32 --output vectors.npy

`embed` does what SentenceTransformer.encode does: texts sorted by length, batches padded, mean pooling, normalised. Prints
texts a second, loading not counted.
"""
import argparse, pathlib, time

import numpy as np, torch
from transformers import AutoModel, AutoTokenizer, pipeline

p = argparse.ArgumentParser()
p.add_argument("what", choices=["pipeline", "embed"])
p.add_argument("model")
p.add_argument("texts")
p.add_argument("--task", default="text-classification")
p.add_argument("--batch", type=int, default=32)
p.add_argument("--length", type=int, default=256)
p.add_argument("--output")
a = p.parse_args()
texts = pathlib.Path(a.texts).read_text(encoding="utf-8").rstrip("\n").split("\n")
if a.what == "pipeline":
    run = pipeline(a.task, a.model, device="cpu")
    run(texts[:8], batch_size=8, truncation=True)
    began = time.time()
    for _ in run((t for t in texts), batch_size=a.batch, **({"truncation": True} if a.task == "text-classification" else {})):
        pass
else:
    tok, model = AutoTokenizer.from_pretrained(a.model), AutoModel.from_pretrained(a.model).eval()
    began = time.time()
    order = np.argsort([-len(t) for t in texts])
    out = np.zeros((len(texts), model.config.hidden_size), np.float32)
    with torch.no_grad():
        for i in range(0, len(order), a.batch):
            rows = order[i:i + a.batch]
            b = tok([texts[k] for k in rows], padding=True, truncation=True, max_length=a.length, return_tensors="pt")
            mask = b["attention_mask"][:, :, None].float()
            v = (model(**b).last_hidden_state * mask).sum(1) / mask.sum(1)
            out[rows] = torch.nn.functional.normalize(v).numpy()
    if a.output:
        np.save(a.output, out)
print(f"{len(texts) / (time.time() - began):.1f} texts/s")
