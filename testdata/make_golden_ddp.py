"""Golden steps of two ranks: 20 updates of BertForPreTraining under PyTorch's DistributedDataParallel, in two processes over Gloo.

    ref/bin/python testdata/make_golden_ddp.py testdata/golden/pretraining testdata/golden_ddp

Needs torch 2.11.0, transformers 5.17.0. Reads the weights of the golden case "pretraining". Each step has a ragged batch of its own, of
which either rank computes half. DistributedDataParallel averages the means of both; every sequence has as many masked tokens as any
other, so that this is the mean over the batch. AdamW, clipping and weight decay are those of make_golden_steps.py. Writes
steps.safetensors: the batches ("<step>.ids" and so on), every step's loss and gradient norm, and the weights after the last step.
"""
import os, pathlib, sys

import safetensors.torch, torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch.nn.parallel import DistributedDataParallel
from transformers import BertForPreTraining

RANKS, STEPS, WARMUP, PEAK, CLIP, DECAY, BETAS, EPS = 2, 20, 4, 2e-3, 1.0, 0.01, (0.9, 0.999), 1e-6
ROWS, LENGTH, MASKED = 8, 14, 2


def rate(step):
    return PEAK * ((step + 1) / WARMUP if step < WARMUP else max(0.0, (STEPS - step) / (STEPS - WARMUP)))


def batch(g, vocabulary):
    ids = torch.randint(0, vocabulary, (ROWS, LENGTH), generator=g)
    types = torch.randint(0, 2, (ROWS, LENGTH), generator=g)
    lengths = torch.randint(MASKED + 1, LENGTH + 1, (ROWS,), generator=g)
    mask = (torch.arange(LENGTH)[None] < lengths[:, None]).long()
    labels = torch.full_like(ids, -100)
    for row in range(ROWS):
        at = torch.randperm(int(lengths[row]), generator=g)[:MASKED]
        labels[row, at] = ids[row, at]
    return dict(ids=ids, types=types, mask=mask, labels=labels, next=torch.randint(0, 2, (ROWS,), generator=g))


def work(rank, source, target):
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT="29613")
    dist.init_process_group("gloo", rank=rank, world_size=RANKS)
    torch.set_num_threads(1)
    model = BertForPreTraining.from_pretrained(source, attn_implementation="eager").train()
    plain = [p for n, p in model.named_parameters() if n.endswith("bias") or "LayerNorm" in n]
    decayed = [p for n, p in model.named_parameters() if not (n.endswith("bias") or "LayerNorm" in n)]
    optimizer = torch.optim.AdamW([dict(params=decayed, weight_decay=DECAY), dict(params=plain, weight_decay=0.0)], lr=0.0, betas=BETAS, eps=EPS)
    ranked = DistributedDataParallel(model)
    g = torch.Generator().manual_seed(21)
    out, losses, norms = {}, [], []
    for step in range(STEPS):
        b = batch(g, model.config.vocab_size)
        half = {k: v.chunk(RANKS)[rank] for k, v in b.items()}
        for group in optimizer.param_groups:
            group["lr"] = rate(step)
        loss = ranked(input_ids=half["ids"], attention_mask=half["mask"], token_type_ids=half["types"], labels=half["labels"],
                      next_sentence_label=half["next"]).loss
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP))
        optimizer.step()
        optimizer.zero_grad()
        mean = loss.detach().clone()
        dist.all_reduce(mean)
        losses.append(mean / RANKS)
        out.update({f"{step}.{k}": v for k, v in b.items()})
    if rank == 0:
        out.update(losses=torch.stack(losses), norms=torch.stack(norms))
        out.update({"final." + n: p.detach().clone() for n, p in model.named_parameters()})
        safetensors.torch.save_file({k: v.contiguous() for k, v in out.items()}, target / "steps.safetensors")
    dist.destroy_process_group()


if __name__ == "__main__":
    source, target = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    target.mkdir(parents=True, exist_ok=True)
    mp.spawn(work, (source, target), nprocs=RANKS)
