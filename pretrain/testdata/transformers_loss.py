"""Prints the loss that transformers gives for a packed batch (JSON on standard input) and a model folder (the argument).

Used with torch 2.11.0 and transformers 5.17.0 by TestOpensInTransformers.
"""
import json
import sys

import torch
from transformers import AutoTokenizer, BertForPreTraining

batch = json.load(sys.stdin)
model = BertForPreTraining.from_pretrained(sys.argv[1]).eval()
assert AutoTokenizer.from_pretrained(sys.argv[1]).mask_token == "[MASK]"
offsets = batch["Offsets"]
longest = max(b - a for a, b in zip(offsets, offsets[1:]))
rows = len(offsets) - 1
ids, types, mask = (torch.zeros(rows, longest, dtype=torch.long) for _ in range(3))
labels = torch.full((rows, longest), -100)
answers = dict(zip(batch["MaskedRows"], batch["MaskedIDs"]))
for row, (first, last) in enumerate(zip(offsets, offsets[1:])):
    for at in range(first, last):
        ids[row, at - first], types[row, at - first], mask[row, at - first] = batch["IDs"][at], batch["Types"][at], 1
        labels[row, at - first] = answers.get(at, -100)
with torch.no_grad():
    out = model(input_ids=ids, token_type_ids=types, attention_mask=mask, labels=labels,
                next_sentence_label=torch.tensor(batch["Next"]))
print(json.dumps({"Loss": out.loss.item()}))
