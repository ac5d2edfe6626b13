"""The server that people write first: FastAPI and transformers, a request at a time in a thread pool, texts of a request padded to the longest.

    python scripts/reference/serve_fastapi.py MODEL --port 8081 --threads 2

It answers /embed (mean pooling, length 1) and /predict as text-embeddings-inference does; scripts/load measures it beside serve.
Needs fastapi, uvicorn, torch and transformers.
"""
import argparse

import torch
import transformers
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel


class Request(BaseModel):
    inputs: str | list[str] | list[list[str]]
    model: str | None = None


def main():
    p = argparse.ArgumentParser()
    p.add_argument("model")
    p.add_argument("--port", type=int, default=8081)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--length", type=int, default=256)
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    tokenizer = transformers.AutoTokenizer.from_pretrained(a.model)
    config = transformers.AutoConfig.from_pretrained(a.model)
    classifies = "BertForSequenceClassification" in (config.architectures or [])
    kind = transformers.AutoModelForSequenceClassification if classifies else transformers.AutoModel
    model = kind.from_pretrained(a.model).eval()
    app = FastAPI()

    def run(texts):
        batch = tokenizer(texts, padding=True, truncation=True, max_length=a.length, return_tensors="pt")
        with torch.inference_mode():
            return batch, model(**batch)

    @app.post("/embed")
    def embed(r: Request):
        batch, out = run([r.inputs] if isinstance(r.inputs, str) else r.inputs)
        mask = batch["attention_mask"].unsqueeze(-1)
        mean = (out.last_hidden_state * mask).sum(1) / mask.sum(1)
        return torch.nn.functional.normalize(mean, dim=1).tolist()

    @app.post("/predict")
    def predict(r: Request):
        single = isinstance(r.inputs, str)
        texts = [r.inputs] if single else [x[0] if isinstance(x, list) else x for x in r.inputs]
        _, out = run(texts)
        labels = [[{"score": s, "label": config.id2label[i]} for i, s in sorted(enumerate(row), key=lambda x: -x[1])]
                  for row in out.logits.softmax(1).tolist()]
        return labels[0] if single else labels

    uvicorn.run(app, host="127.0.0.1", port=a.port, log_level="warning")


if __name__ == "__main__":
    main()
