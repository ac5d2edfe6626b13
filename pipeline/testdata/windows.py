"""A tiny random token classifier, and what the pipeline of transformers finds in texts longer than its windows, with a stride and
each aggregation strategy: written beside this program, into windows/.

    python windows.py
"""
import json, os, random, shutil

import torch, transformers
from transformers import BertConfig, BertForTokenClassification, BertTokenizerFast, TokenClassificationPipeline

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "windows")
WORDS = "the a boat house river tree bird stone walks swims sleeps sings over under near in on and greta holm oslo ##s ##ed ##ing ##er . , - '".split()
TOKENS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + WORDS
LABELS = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
TEXT = "the boats near oslo swims over Greta Holm walked sleeping , rivers and houses' un-known bird sings under \u00e9 \U0001f600 stoner".split()

shutil.rmtree(HERE, ignore_errors=True)
torch.manual_seed(5)
model = BertForTokenClassification(BertConfig(
    vocab_size=len(TOKENS), hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=24, max_position_embeddings=32,
    initializer_range=0.5, num_labels=len(LABELS), id2label=dict(enumerate(LABELS)), label2id={n: i for i, n in enumerate(LABELS)})).eval()
with torch.no_grad():
    model.classifier.weight *= 2
tokenizer = BertTokenizerFast(vocab={t: i for i, t in enumerate(TOKENS)}, do_lower_case=True, model_max_length=24)
model.save_pretrained(HERE)
tokenizer.save_pretrained(HERE)

rng = random.Random(7)
cases = []
for _ in range(9):
    text = " ".join(rng.choice(TEXT) for _ in range(rng.choice([3, 20, 40, 90])))
    for length, stride in ((24, 6), (24, 11), (16, 4)):
        tokenizer.model_max_length = length
        for strategy in ("simple", "first", "average", "max"):
            found = TokenClassificationPipeline(model=model, tokenizer=tokenizer, aggregation_strategy=strategy, stride=stride)(text)
            cases.append({"text": text, "length": length, "stride": stride, "strategy": strategy, "entities": [
                {"label": e["entity_group"], "score": round(float(e["score"]), 7), "word": e["word"], "start": e["start"], "end": e["end"]} for e in found]})
with open(os.path.join(HERE, "expected.json"), "w", encoding="utf-8") as f:
    json.dump({"versions": {"transformers": transformers.__version__, "torch": torch.__version__}, "cases": cases}, f)
    f.write("\n")
