"""Writes golden.json: learning rates of transformers' schedules at every step of short runs.

Versions used: transformers 5.17.0, torch 2.11.0. Run inside this folder: python generate.py
"""
import json

import torch
from transformers import optimization as o

STEPS = 23


def rates(peak, total, build):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=peak)
    scheduler = build(optimizer)
    out = []
    for _ in range(total + 1):
        out.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    return out


cases = []
for peak in (1e-4, 3e-5):
    for total, warm in ((STEPS, 0), (STEPS, 1), (STEPS, 7), (STEPS, STEPS - 1), (60, 6), (1, 0)):
        def add(settings, build):
            settings = {"peak": peak, "warmup_steps": warm, **settings}
            cases.append({"settings": settings, "total": total, "rates": rates(peak, total, build)})

        add({"kind": "linear"}, lambda x: o.get_linear_schedule_with_warmup(x, warm, total))
        add({"kind": "constant"}, lambda x: o.get_constant_schedule_with_warmup(x, warm))
        add({"kind": "cosine"}, lambda x: o.get_cosine_schedule_with_warmup(x, warm, total))
        add({"kind": "cosine", "floor": peak / 10},
            lambda x: o.get_cosine_with_min_lr_schedule_with_warmup(x, warm, total, min_lr=peak / 10))
        for power in (1.0, 2.0, 0.5):
            for floor in (0.0, 1e-7):
                add({"kind": "polynomial", "power": power, "floor": floor},
                    lambda x: o.get_polynomial_decay_schedule_with_warmup(x, warm, total, lr_end=floor, power=power))
        add({"kind": "inverse-sqrt"}, lambda x: o.get_inverse_sqrt_schedule(x, warm))
        wsd = lambda decay, shape: lambda x: o.get_wsd_schedule(
            x, warm, decay, num_training_steps=total, decay_type=shape)
        add({"kind": "one-sqrt"}, wsd(total - warm, "1-sqrt"))
        for decay in (1, 5):
            if warm + decay <= total:
                add({"kind": "wsd", "decay_steps": decay}, wsd(decay, "1-sqrt"))
                add({"kind": "wsd", "decay_steps": decay, "decay": "linear"}, wsd(decay, "linear"))
                add({"kind": "wsd", "decay_steps": decay, "decay": "cosine"}, wsd(decay, "cosine"))
with open("schedule.json", "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n")
