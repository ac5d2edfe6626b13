"""Times a step of PyTorch's DistributedDataParallel over Gloo: BertForPreTraining, each rank a process of its own.

    OMP_NUM_THREADS=1 python scripts/reference/ddp_speed.py --model mini --batch 32 --ranks 2 --steps 15

Rows are full, with 15 % of the tokens masked; only masked rows meet the vocabulary, as in scripts/reference/speed.py. One rank is a
plain model without DistributedDataParallel. Under a launcher (RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT) this process is one rank.
Prints the tokens a second of all ranks and the seconds of a step, from the fourth step on. Needs torch 2.11 and transformers 5.17.
"""
import argparse, contextlib, os, time

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch.nn.functional import cross_entropy
from torch.nn.parallel import DistributedDataParallel
from transformers import BertConfig, BertForPreTraining

SIZES = dict(mini=(4, 256, 4), small=(4, 512, 8), base=(12, 768, 12))  # layers, hidden, heads
WARM = 3


class Losses(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, ids, rows, labels, following):
        out = self.model.bert(ids)
        scores = self.model.cls.predictions(out.last_hidden_state.flatten(0, 1)[rows])
        return cross_entropy(scores, labels) + cross_entropy(self.model.cls.seq_relationship(out.pooler_output), following)


def work(rank, a):
    torch.set_num_threads(1)
    if a.ranks > 1:
        dist.init_process_group("gloo", rank=rank, world_size=a.ranks)
    layers, hidden, heads = SIZES[a.model]
    torch.manual_seed(1)
    config = BertConfig(num_hidden_layers=layers, hidden_size=hidden, num_attention_heads=heads, intermediate_size=4 * hidden)
    model = Losses(BertForPreTraining._from_config(config, attn_implementation="sdpa").train())
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=0.01, fused=True)
    run = DistributedDataParallel(model, gradient_as_bucket_view=True) if a.ranks > 1 else model
    g = torch.Generator().manual_seed(2 + rank)
    times = []
    for _ in range(WARM + a.steps):
        began = time.perf_counter()
        ids = torch.randint(1000, 30000, (a.batch, a.length), generator=g)
        rows = (torch.rand(ids.numel(), generator=g) < 0.15).nonzero().flatten()
        following = torch.randint(0, 2, (a.batch,), generator=g)
        with torch.autocast("cpu", torch.bfloat16) if a.compute == "bf16" else contextlib.nullcontext():
            loss = run(ids, rows, ids.flatten()[rows], following)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=False)
        times.append(time.perf_counter() - began)
    if rank == 0:
        step = sum(times[WARM:]) / a.steps
        print(f"{a.ranks * a.batch * a.length / step:.1f} tokens/s, {1000 * step:.1f} ms a step", flush=True)
    if a.ranks > 1:
        dist.barrier()
        dist.destroy_process_group()


if __name__ == "__main__":
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--model", default="mini", choices=SIZES)
    p.add_argument("--batch", type=int, default=32, help="sequences of each rank")
    p.add_argument("--length", type=int, default=128)
    p.add_argument("--ranks", type=int, default=2)
    p.add_argument("--steps", type=int, default=15)
    p.add_argument("--compute", default="fp32", choices=("fp32", "bf16"))
    a = p.parse_args()
    if "RANK" in os.environ:
        a.ranks = int(os.environ["WORLD_SIZE"])
        work(int(os.environ["RANK"]), a)
    elif a.ranks == 1:
        work(0, a)
    else:
        os.environ.setdefault("MASTER_ADDR", "127.0.0.1")
        os.environ.setdefault("MASTER_PORT", "29614")
        mp.spawn(work, (a,), nprocs=a.ranks)
