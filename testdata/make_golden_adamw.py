"""Ten updates of a flat vector by PyTorch's fused AdamW on the CPU.

    ref/bin/python testdata/make_golden_adamw.py testdata/golden_adamw

Writes adamw.safetensors: "start", the gradient of every step ("grad.<n>"), and "final". Versions are in versions.json.
"""
import json, pathlib, sys

import safetensors.torch, torch

SIZE = 1003  # no multiple of any vector width

target = pathlib.Path(sys.argv[1])
target.mkdir(parents=True, exist_ok=True)
g = torch.Generator().manual_seed(1)
p = torch.nn.Parameter(torch.randn(SIZE, generator=g))
out = {"start": p.detach().clone()}
optimizer = torch.optim.AdamW([p], lr=1e-2, betas=(0.9, 0.999), eps=1e-6, weight_decay=0.01, fused=True)
for n in range(10):
    p.grad = torch.randn(SIZE, generator=g) * 10.0 ** torch.randint(-6, 2, (SIZE,), generator=g)
    out[f"grad.{n}"] = p.grad.clone()
    optimizer.step()
out["final"] = p.detach().clone()
safetensors.torch.save_file(out, target / "adamw.safetensors")
(target / "versions.json").write_text(json.dumps(dict(torch=torch.__version__, safetensors=safetensors.__version__), indent=2) + "\n")
