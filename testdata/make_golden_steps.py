"""Golden training steps: 20 updates of BertForPreTraining by PyTorch's AdamW, and by timm's LAMB.

    ref/bin/python testdata/make_golden_steps.py testdata/golden/pretraining testdata/golden_steps

Needs torch 2.11.0, transformers 5.17.0, timm 1.0.31. Reads the weights of the golden case "pretraining"; each step has a ragged batch of its own. The optimizer is AdamW with
warm-up, linear decay, clipping and weight decay (none on biases and norms). Writes steps.safetensors: the batches
("<step>.ids" and so on), every step's loss and gradient norm, and the weights after the last step.
"""
import pathlib, sys

import safetensors.torch, torch
from timm.optim import Lamb
from transformers import BertForPreTraining

STEPS, WARMUP, PEAK, CLIP, DECAY, BETAS, EPS = 20, 4, 2e-3, 1.0, 0.01, (0.9, 0.999), 1e-6


def rate(step):
    return PEAK * ((step + 1) / WARMUP if step < WARMUP else max(0.0, (STEPS - step) / (STEPS - WARMUP)))


def train(folder, make_optimizer):
    g = torch.Generator().manual_seed(20)
    model = BertForPreTraining.from_pretrained(folder, attn_implementation="eager").train()
    c = model.config
    plain = [p for n, p in model.named_parameters() if n.endswith("bias") or "LayerNorm" in n]
    decayed = [p for n, p in model.named_parameters() if not (n.endswith("bias") or "LayerNorm" in n)]
    optimizer = make_optimizer([dict(params=decayed, weight_decay=DECAY), dict(params=plain, weight_decay=0.0)])
    out, losses, norms = {}, [], []
    for step in range(STEPS):
        b, t = 4, 14
        ids = torch.randint(0, c.vocab_size, (b, t), generator=g)
        types = torch.randint(0, 2, (b, t), generator=g)
        lengths = torch.randint(3, t + 1, (b,), generator=g)
        mask = (torch.arange(t)[None] < lengths[:, None]).long()
        labels = torch.where((torch.rand(b, t, generator=g) < 0.3) & (mask > 0), ids, -100)
        labels[0, 0] = ids[0, 0]
        following = torch.randint(0, 2, (b,), generator=g)
        for group in optimizer.param_groups:
            group["lr"] = rate(step)
        loss = model(input_ids=ids, attention_mask=mask, token_type_ids=types, labels=labels, next_sentence_label=following).loss
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP))
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.detach())
        out.update({f"{step}.ids": ids, f"{step}.types": types, f"{step}.mask": mask, f"{step}.labels": labels, f"{step}.next": following})
    out.update(losses=torch.stack(losses), norms=torch.stack(norms))
    out.update({"final." + n: p.detach().clone() for n, p in model.named_parameters()})
    return out


source, target = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
target.mkdir(parents=True, exist_ok=True)
adamw = train(source, lambda groups: torch.optim.AdamW(groups, lr=0.0, betas=BETAS, eps=EPS, fused=True))
lamb = train(source, lambda groups: Lamb(groups, lr=0.0, betas=BETAS, eps=EPS, max_grad_norm=None))
steps = {k: v.contiguous() for k, v in adamw.items()}
steps.update({"lamb." + k: v.contiguous() for k, v in lamb.items() if not k[0].isdigit()})
safetensors.torch.save_file(steps, target / "steps.safetensors")
