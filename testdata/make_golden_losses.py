"""Golden losses: class weights, label smoothing and distillation by PyTorch, balanced class weights by scikit-learn.

    ref/bin/python testdata/make_golden_losses.py testdata/golden_losses

losses.safetensors has the inputs and "<weighted?>.<smoothing>" for single labels, "tokens.<...>" for rows of which some do not
count, "several.<weighted?>" for several labels at once, "distance.<temperature>" between a teacher and a student, and
"balanced" with the counts that it is made of.
"""
import json, pathlib, sys

import numpy as np, safetensors.torch, sklearn, torch
from sklearn.utils.class_weight import compute_class_weight
from torch.nn import functional as F

target = pathlib.Path(sys.argv[1])
target.mkdir(parents=True, exist_ok=True)
g = torch.Generator().manual_seed(5)
rows, classes = 17, 5
logits, teacher = (3 * torch.randn((rows, classes), generator=g) for _ in range(2))
labels = torch.randint(0, classes, (rows,), generator=g)
tokens = torch.where(torch.rand((rows,), generator=g) < 0.6, labels, -100)
several = torch.randint(0, 2, (rows, classes), generator=g).float()
weights = torch.rand((classes,), generator=g) * 3 + 0.1
weights[2] = 0
out = dict(logits=logits, teacher=teacher, labels=labels, tokens=tokens, several=several, weights=weights)
for weighted in (0, 1):
    w = weights if weighted else None
    for smoothing in (0, 0.1, 0.5):
        out[f"single.{weighted}.{smoothing}"] = F.cross_entropy(logits, labels, w, label_smoothing=smoothing)
        out[f"tokens.{weighted}.{smoothing}"] = F.cross_entropy(logits, tokens, w, label_smoothing=smoothing, ignore_index=-100)
    out[f"several.{weighted}"] = F.binary_cross_entropy_with_logits(logits, several, pos_weight=w)
for t in (1, 2, 5):
    out[f"distance.{t}"] = t * t * F.kl_div(F.log_softmax(logits / t, -1), F.softmax(teacher / t, -1), reduction="batchmean")
y = np.repeat(np.arange(classes), [7, 1, 30, 2, 13])
out["balanced"] = torch.tensor(compute_class_weight("balanced", classes=np.arange(classes), y=y), dtype=torch.float32)
out["counts"] = torch.tensor(np.bincount(y))
safetensors.torch.save_file({k: v.contiguous() for k, v in out.items()}, target / "losses.safetensors")
(target / "versions.json").write_text(json.dumps(dict(torch=torch.__version__, sklearn=sklearn.__version__), indent=2) + "\n")
