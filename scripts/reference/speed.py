"""A worker that times the reference (transformers on PyTorch) on demand, for scripts/figures.py.

Each line of input is a JSON object, each line of output its answer. "build" makes a case ready, "run" times some steps of
it: wall seconds and processor seconds of one step. Needs torch 2.11 and transformers 5.17.
"""
import contextlib, json, resource, statistics, sys, time

import torch, transformers
from transformers import BertConfig, BertForPreTraining, BertModel

transformers.utils.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()
SIZES = dict(tiny=(2, 128, 2), mini=(4, 256, 4), small=(4, 512, 8), medium=(8, 512, 8), base=(12, 768, 12), large=(24, 1024, 16),
             minilm=(6, 384, 12))  # layers, hidden, heads; intermediate = 4 x hidden


def config(name):
    layers, hidden, heads = SIZES[name]
    return BertConfig(num_hidden_layers=layers, hidden_size=hidden, num_attention_heads=heads, intermediate_size=4 * hidden)


def batch(a):
    """Ids and mask; below a fill of 1 lengths vary evenly and the rest is padding."""
    g = torch.Generator().manual_seed(0)
    b, t, fill = a["batch"], a["seq"], a["fill"]
    low = max(1, round(t * max(0.0, 2 * fill - 1)))
    lengths = torch.tensor([low + (t - low) * i // max(1, b - 1) if fill < 1 else t for i in range(b)])
    ids = torch.randint(1000, 30000, (b, t), generator=g)
    return ids.to(a["device"]), (torch.arange(t)[None] < lengths[:, None]).long().to(a["device"])


def pretrain(a):
    ids, mask = batch(a)
    model = BertForPreTraining._from_config(config(a["model"]), attn_implementation="sdpa").to(a["device"]).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=0.01, fused=True)
    labels = torch.where((torch.rand(ids.shape, device=ids.device) < 0.15) & (mask > 0), ids, -100)
    following = torch.randint(0, 2, (len(ids),), device=ids.device)
    forward = torch.compile(model) if a["compile"] else model
    bf16 = a["compute"] == "bf16"

    def step():
        with torch.autocast(a["device"], torch.bfloat16) if bf16 else contextlib.nullcontext():
            loss = forward(input_ids=ids, attention_mask=mask, labels=labels, next_sentence_label=following).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()

    return step, int(mask.sum())


def infer(a):
    ids, mask = batch(a)
    model = BertModel._from_config(config(a["model"]), attn_implementation="sdpa").to(a["device"]).eval()
    if a["compute"] == "bf16":
        model = model.bfloat16()
    forward = torch.compile(model) if a["compile"] else model

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


def run(step, a):
    sync = torch.cuda.synchronize if a.get("device") == "cuda" else lambda: None
    wall, cpu, spent = [], [], 0.0
    while len(wall) < a["least"] or spent < a["seconds"]:
        t, c = time.perf_counter(), time.process_time()
        step()
        sync()
        wall.append(time.perf_counter() - t)
        cpu.append(time.process_time() - c)
        spent += wall[-1]
    return dict(wall=statistics.median(wall), cpu=statistics.median(cpu))


def main():
    step, tokens = None, 0
    for line in sys.stdin:
        a = json.loads(line)
        if a["do"] == "build":
            step = None
            if a.get("threads"):
                torch.set_num_threads(a["threads"])
            step, tokens = dict(pretrain=pretrain, infer=infer, load=load, adamw=adamw, operator=operator, save=save)[a["what"]](a)
            for _ in range(a["warm"]):
                step()
            answer = dict(tokens=tokens)
        else:
            answer = run(step, a)
        answer["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        answer["versions"] = f"torch {torch.__version__}, transformers {transformers.__version__}, {torch.get_num_threads()} threads"
        print(json.dumps(answer), flush=True)


main()
