"""A worker that times the reference (transformers on PyTorch) on demand, for scripts/figures.py and scripts/gpu-day.sh.

Each line of input is a JSON object, each line of output its answer. "build" makes a case ready, "run" times some steps of
it: wall seconds and processor seconds of one step, and the peak of memory. Pretraining comes in variants: eager; eager-gather, where
only masked rows meet the vocabulary, as the paper's own code has it; compile and compile-gather, by torch.compile. Needs torch 2.11
and transformers 5.17.
"""
import contextlib, json, resource, statistics, sys, time

import torch, transformers
from torch.nn.functional import cross_entropy
from transformers import BertConfig, BertForPreTraining, BertForQuestionAnswering, BertModel

transformers.utils.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()
SIZES = dict(tiny=(2, 128, 2), mini=(4, 256, 4), small=(4, 512, 8), medium=(8, 512, 8), base=(12, 768, 12), large=(24, 1024, 16),
             minilm=(6, 384, 12))  # layers, hidden, heads; intermediate = 4 x hidden


def config(name):
    layers, hidden, heads = SIZES[name]
    return BertConfig(num_hidden_layers=layers, hidden_size=hidden, num_attention_heads=heads, intermediate_size=4 * hidden)


def batch(a):
    """Ids and mask; below a fill of 1 lengths vary evenly and the rest is padding. The model takes no mask for a full batch."""
    g = torch.Generator().manual_seed(0)
    b, t, fill = a["batch"], a["seq"], a["fill"]
    low = max(1, round(t * max(0.0, 2 * fill - 1)))
    lengths = torch.tensor([low + (t - low) * i // max(1, b - 1) if fill < 1 else t for i in range(b)])
    ids = torch.randint(1000, 30000, (b, t), generator=g)
    return ids.to(a["device"]), (torch.arange(t)[None] < lengths[:, None]).long().to(a["device"])


class Gathered(torch.nn.Module):
    """The losses of pretraining, with the vocabulary's product over the masked rows alone."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, ids, mask, rows, labels, following):
        out = self.model.bert(ids, attention_mask=mask)
        scores = self.model.cls.predictions(out.last_hidden_state.flatten(0, 1)[rows])
        return cross_entropy(scores, labels) + cross_entropy(self.model.cls.seq_relationship(out.pooler_output), following)


def training(a, model, loss):
    """A step of training with clipping and AdamW."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=0.01, fused=True)
    bf16 = a["compute"] == "bf16"

    def step():
        with torch.autocast(a["device"], torch.bfloat16) if bf16 else contextlib.nullcontext():
            value = loss()
        value.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()

    return step


def pretrain(a):
    ids, mask = batch(a)
    model = BertForPreTraining._from_config(config(a["model"]), attn_implementation="sdpa").to(a["device"]).train()
    labels = torch.where((torch.rand(ids.shape, device=ids.device) < 0.15) & (mask > 0), ids, -100)
    following = torch.randint(0, 2, (len(ids),), device=ids.device)
    rows = (labels.flatten() >= 0).nonzero().flatten()
    given = mask if a["fill"] < 1 else None
    gather = a["variant"].endswith("gather")
    forward = Gathered(model) if gather else model
    if a["variant"].startswith("compile"):
        forward = torch.compile(forward)

    def loss():
        if gather:
            return forward(ids, given, rows, ids.flatten()[rows], following)
        return forward(input_ids=ids, attention_mask=given, labels=labels, next_sentence_label=following).loss

    return training(a, model, loss), int(mask.sum())


def questions(a):
    ids, mask = batch(a)
    model = BertForQuestionAnswering._from_config(config(a["model"]), attn_implementation="sdpa").to(a["device"]).train()
    forward = torch.compile(model) if a["variant"].startswith("compile") else model
    given, first = mask if a["fill"] < 1 else None, torch.randint(0, 2, (len(ids),), device=ids.device)
    loss = lambda: forward(input_ids=ids, attention_mask=given, start_positions=first, end_positions=first).loss
    return training(a, model, loss), int(mask.sum())


def infer(a):
    ids, mask = batch(a)
    model = BertModel._from_config(config(a["model"]), attn_implementation="sdpa").to(a["device"]).eval()
    if a["compute"] == "bf16":
        model = model.bfloat16()
    forward = torch.compile(model) if a["variant"].startswith("compile") else model

    def step():
        with torch.inference_mode():
            forward(input_ids=ids, attention_mask=mask)

    return step, int(mask.sum())


def load(a):
    return lambda: BertModel.from_pretrained(a["folder"]), 0


def adamw(a):
    with torch.device("meta"):
        shapes = [p.shape for p in BertForPreTraining(config("base")).parameters()]
    params = [torch.full(s, 0.02).requires_grad_() for s in shapes]
    for p in params:
        p.grad = torch.full_like(p, 1e-3)  # real pages: those of fresh zeros are one and cost nothing
    return torch.optim.AdamW(params, lr=1e-4, eps=1e-8, weight_decay=0.01, fused=True).step, sum(p.numel() for p in params)


OPERATORS = 100_000


def operator(a):
    x, y = torch.zeros(4, 4), torch.zeros(4, 4)
    f = dict(add=torch.add, matmul=torch.matmul)[a["name"]]

    def many():
        with torch.no_grad():
            for _ in range(OPERATORS):
                f(x, y)

    return many, 0


def save(a):
    """Random base weights in a folder, for the load times of both sides."""
    BertModel._from_config(config(a["model"])).save_pretrained(a["folder"])
    return (lambda: None), 0


def window(step, device, steps):
    """Wall and processor seconds of a step, over some of them. A GPU is waited for once, at the end."""
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(steps):
        step()
    if device == "cuda":
        torch.cuda.synchronize()
    return (time.perf_counter() - wall) / steps, (time.process_time() - cpu) / steps


def run(step, a):
    times, spent, device = [], 0.0, a.get("device")
    steps = max(1, round(0.25 / window(step, device, 1)[0])) if device == "cuda" else 1
    while len(times) < a["least"] or spent < a["seconds"]:
        times.append(window(step, device, steps))
        spent += times[-1][0] * steps
    return dict(zip(("wall", "cpu"), map(statistics.median, zip(*times))))


def peak(device):
    """Bytes of memory at most: of the GPU since the case was built, otherwise of the process."""
    if device == "cuda":
        return torch.cuda.max_memory_allocated()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main():
    step, tokens = None, 0
    for line in sys.stdin:
        a = json.loads(line)
        if a["do"] == "build":
            step = None
            if a.get("threads"):
                torch.set_num_threads(a["threads"])
            step, tokens = dict(pretrain=pretrain, questions=questions, infer=infer, load=load, adamw=adamw, operator=operator, save=save)[a["what"]](a)
            for _ in range(a["warm"]):
                step()
            answer = dict(tokens=tokens)
            if a.get("device") == "cuda":  # what only the warm-up took is given back; others measure on the same GPU meanwhile
                torch.cuda.synchronize()
                torch.cuda.empty_cache()
                torch.cuda.reset_peak_memory_stats()
        else:
            answer = run(step, a)
        answer["peak"] = peak(a.get("device"))
        answer["versions"] = f"torch {torch.__version__}, transformers {transformers.__version__}, {torch.get_num_threads()} threads"
        print(json.dumps(answer), flush=True)


main()
