"""Golden fine-tuning steps: 20 updates of each head by PyTorch's AdamW, from the weights of the golden case of that head.

    ref/bin/python testdata/make_golden_finetune.py testdata/golden testdata/golden_finetune

Each step has a ragged batch of its own; no dropout, so that nothing is random. Warm-up, linear decay and clipping as in
make_golden_steps.py, weight decay 0.01 on matrices. Writes <head>.safetensors: the batches ("<step>.ids" and so on), and for
each epsilon of Adam every step's loss and gradient norm ("1e-08.losses", "1e-08.norms"). Weights after the last step are
written for the larger epsilon alone: with 1e-8 Adam scales up the rounding noise of gradients that are nearly 0, and the
reference in float32 is up to 9e-5 of a tensor's scale away from itself in float64; with 1e-6 it is 6e-6 at most, but for
parameters whose gradient is 0 in exact arithmetic.
"""
import json, pathlib, sys

import safetensors.torch, torch, transformers

STEPS, WARMUP, PEAK, CLIP, DECAY, BETAS = 20, 4, 2e-3, 1.0, 0.01, (0.9, 0.999)
EPSILONS = 1e-8, 1e-6
CASES = {
    "sequence_single": ("BertForSequenceClassification", "single"),
    "sequence_multi": ("BertForSequenceClassification", "multi"),
    "sequence_regression": ("BertForSequenceClassification", "number"),
    "token": ("BertForTokenClassification", "tags"),
    "span": ("BertForQuestionAnswering", "span"),
    "choice": ("BertForMultipleChoice", "choice"),
}


def rate(step):
    return PEAK * ((step + 1) / WARMUP if step < WARMUP else max(0.0, (STEPS - step) / (STEPS - WARMUP)))


def labels(kind, mask, model, g):
    b, t = mask.shape
    c = model.config.num_labels
    if kind == "single":
        return dict(labels=torch.randint(0, c, (b,), generator=g))
    if kind == "multi":
        return dict(labels=torch.randint(0, 2, (b, c), generator=g).float())
    if kind == "number":
        return dict(labels=torch.randn((b, c), generator=g) if c > 1 else torch.randn((b,), generator=g))
    if kind == "tags":
        tags = torch.randint(0, c, (b, t), generator=g)
        keep = (torch.rand((b, t), generator=g) < 0.7) & (mask > 0)
        keep[:, 1] = True
        return dict(labels=torch.where(keep, tags, -100))
    if kind == "span":
        first = torch.stack([torch.randint(0, int(n), (1,), generator=g)[0] for n in mask.sum(1)])
        last = torch.stack([torch.randint(int(f), int(n), (1,), generator=g)[0] for f, n in zip(first, mask.sum(1))])
        return dict(start_positions=first, end_positions=last)
    return dict(labels=torch.randint(0, 2, (b // 2,), generator=g))


def loss_of(model, kind, ids, types, mask, truth):
    if kind == "choice":
        shape = lambda x: x.view(x.shape[0] // 2, 2, -1)
        return model(input_ids=shape(ids), token_type_ids=shape(types), attention_mask=shape(mask), **truth).loss
    if kind == "span":
        # A softmax over the real tokens of each text, which is what the reference gives for a batch of one.
        out = model(input_ids=ids, token_type_ids=types, attention_mask=mask)
        hide = lambda x: x.masked_fill(mask == 0, -1e9)
        ce = torch.nn.functional.cross_entropy
        return (ce(hide(out.start_logits), truth["start_positions"]) + ce(hide(out.end_logits), truth["end_positions"])) / 2
    return model(input_ids=ids, token_type_ids=types, attention_mask=mask, **truth).loss


def train(folder, cls, kind, eps):
    g = torch.Generator().manual_seed(8)
    model = getattr(transformers, cls).from_pretrained(folder, attn_implementation="eager").train()
    for m in model.modules():
        if isinstance(m, torch.nn.Dropout):
            m.p = 0.0
    plain = [p for n, p in model.named_parameters() if n.endswith("bias") or "LayerNorm" in n]
    decayed = [p for n, p in model.named_parameters() if not (n.endswith("bias") or "LayerNorm" in n)]
    optimizer = torch.optim.AdamW([dict(params=decayed, weight_decay=DECAY), dict(params=plain, weight_decay=0.0)], lr=0.0, betas=BETAS, eps=eps)
    out, losses, norms = {}, [], []
    for step in range(STEPS):
        b, t = 4, 12
        ids = torch.randint(0, model.config.vocab_size, (b, t), generator=g)
        types = torch.randint(0, model.config.type_vocab_size, (b, t), generator=g)
        lengths = torch.randint(3, t + 1, (b,), generator=g)
        lengths[0] = t
        mask = (torch.arange(t)[None] < lengths[:, None]).long()
        truth = labels(kind, mask, model, g)
        for group in optimizer.param_groups:
            group["lr"] = rate(step)
        loss = loss_of(model, kind, ids, types, mask, truth)
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP))
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.detach())
        out.update({f"{step}.ids": ids, f"{step}.types": types, f"{step}.mask": mask})
        out.update({f"{step}.{k}": v for k, v in truth.items()})
    out.update({f"{eps}.losses": torch.stack(losses), f"{eps}.norms": torch.stack(norms)})
    if eps == EPSILONS[-1]:
        out.update({"final." + n: p.detach().clone() for n, p in model.named_parameters()})
    return out


source, target = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
target.mkdir(parents=True, exist_ok=True)
for name, (cls, kind) in CASES.items():
    values = {k: v.contiguous() for eps in EPSILONS for k, v in train(source / name, cls, kind, eps).items()}
    safetensors.torch.save_file(values, target / f"{name}.safetensors")
(target / "versions.json").write_text(json.dumps(dict(torch=torch.__version__, transformers=transformers.__version__), indent=2) + "\n")
