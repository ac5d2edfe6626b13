"""The plain PyTorch and transformers twin of `finetune train`, for comparisons of quality and speed.

    ref/bin/python scripts/reference/finetune_reference.py --task sst-2 --data glue/SST-2 --model minilm --seed 1 --json out.json

The recipe is that of transformers' example scripts: AdamW, linear warm-up and decay, clipping at 1, batches padded to their
longest text (DataCollatorWithPadding), SDPA attention, evaluation after each epoch, the best epoch kept. `--compute bf16`
is autocast. Tasks: cola, sst-2, mrpc, rte, sts-b (GLUE's files), classify (a TSV without a header: text, label), tag (CoNLL),
squad, choice (CODAH's TSV). Writes one JSON object: metrics by epoch, the best, mean training loss of each ten steps, seconds of training and
of evaluation.

For the allocator-tuned figure run it with MALLOC_MMAP_THRESHOLD_=8589934592 MALLOC_TRIM_THRESHOLD_=8589934592.
"""
import argparse, csv, json, math, pathlib, random, re, string, time
from collections import Counter

import numpy as np, torch
from transformers import (AutoModelForMultipleChoice, AutoModelForQuestionAnswering, AutoModelForSequenceClassification,
                          AutoModelForTokenClassification, AutoTokenizer)

p = argparse.ArgumentParser()
p.add_argument("--task", required=True)
p.add_argument("--data", required=True)
p.add_argument("--model", required=True)
p.add_argument("--epochs", type=float, default=3)
p.add_argument("--lr", type=float, default=3e-5)
p.add_argument("--batch", type=int, default=32)
p.add_argument("--seq-length", type=int, default=0)
p.add_argument("--warmup", type=float, default=0.1)
p.add_argument("--weight-decay", type=float, default=0.01)
p.add_argument("--dropout", type=float, default=None, help="in the place of all rates of the model's configuration")
p.add_argument("--seed", type=int, default=42)
p.add_argument("--compute", default="fp32", choices=["fp32", "bf16"])
p.add_argument("--share", type=float, default=1.0, help="use this share of train: its first rows, as head -n cuts a file")
p.add_argument("--max-steps", type=int, default=0, help="stop after so many steps, for a measure of speed")
p.add_argument("--threads", type=int, default=0)
p.add_argument("--json", default="-")
a = p.parse_args()
if a.threads:
    torch.set_num_threads(a.threads)
random.seed(a.seed), np.random.seed(a.seed), torch.manual_seed(a.seed)
length = a.seq_length or (384 if a.task == "squad" else 128)
folder = pathlib.Path(a.data)
tok = AutoTokenizer.from_pretrained(a.model)
rates = {} if a.dropout is None else dict(hidden_dropout_prob=a.dropout, attention_probs_dropout_prob=a.dropout)


def tsv(name, header=True):
    lines = (folder / name).read_text(encoding="utf-8-sig").rstrip("\n").split("\n")
    rows = [line.split("\t") for line in lines]
    return rows[1:] if header else rows


def glue(split):
    if a.task == "cola":
        return [((r[3], None), int(r[1])) for r in tsv(split + ".tsv", header=False)]
    if a.task == "classify":
        names = sorted({r[-1] for r in tsv("train.tsv", header=False)})
        return [((r[0], None), names.index(r[-1])) for r in tsv(split + ".tsv", header=False)]
    rows = tsv(split + ".tsv")
    if a.task == "sst-2":
        return [((r[0], None), int(r[1])) for r in rows]
    if a.task == "mrpc":
        return [((r[3], r[4]), int(r[0])) for r in rows if len(r) >= 5]
    if a.task == "rte":
        return [((r[1], r[2]), ["entailment", "not_entailment"].index(r[3])) for r in rows if len(r) >= 4]
    if a.task == "sts-b":
        return [((r[7], r[8]), float(r[9])) for r in rows if len(r) >= 10]
    raise SystemExit(f"unknown task {a.task}")


def conll(name):
    sentences, words, tags = [], [], []
    for line in (folder / name).read_text(encoding="utf-8").split("\n"):
        if not line.strip():
            if words:
                sentences.append((words, tags))
            words, tags = [], []
            continue
        cells = line.split("\t") if "\t" in line else line.split()
        words.append(cells[0]), tags.append(cells[-1])
    return sentences + ([(words, tags)] if words else [])


def find(part):
    names = [f.name for f in folder.iterdir() if part in f.name.lower()]
    if not names:
        raise SystemExit(f"no {part} file in {folder}")
    return sorted(names, key=len)[0]


def pad(features):
    extra = {k: [f[k] for f in features] for k in features[0] if k not in ("input_ids", "token_type_ids", "attention_mask")}
    width = max(len(f["input_ids"]) for f in features)
    out = {k: torch.tensor([f[k] + [0 if k != "input_ids" else tok.pad_token_id] * (width - len(f[k])) for f in features])
           for k in ("input_ids", "token_type_ids", "attention_mask")}
    for k, v in extra.items():
        if k == "tags":
            out["labels"] = torch.tensor([x + [-100] * (width - len(x)) for x in v])
        elif k != "info":
            out[k] = torch.tensor(v)
    return out


# Features and models.
if a.task == "tag":
    train_rows, dev_rows = conll(find("train")), conll(find("dev") if any("dev" in f.name for f in folder.iterdir()) else find("valid"))
    names = sorted({t for _, tags in train_rows for t in tags} | {t for _, tags in dev_rows for t in tags})

    def encode(rows):
        out = []
        for words, tags in rows:
            e = tok(words, is_split_into_words=True, truncation=True, max_length=length)
            ids = e.word_ids()
            e = dict(e)
            e["tags"] = [-100 if w is None or w == (ids[i - 1] if i else None) else names.index(tags[w]) for i, w in enumerate(ids)]
            out.append(e)
        return out
    model = AutoModelForTokenClassification.from_pretrained(a.model, num_labels=len(names), **rates)
elif a.task == "squad":
    def questions(name):
        data = json.loads((folder / name).read_text(encoding="utf-8"))["data"]
        return [(q["id"], q["question"].lstrip(), c["context"], q["answers"]) for art in data for c in art["paragraphs"] for q in c["qas"]]
    train_rows, dev_rows = questions("train.json"), questions("dev.json")

    def encode(rows, with_positions=True):
        out = []
        for n, (qid, question, context, answers) in enumerate(rows):
            e = tok(question, context, truncation="only_second", max_length=length, stride=min(128, length // 4 if length <= 256 else 128),
                    return_overflowing_tokens=True, return_offsets_mapping=True)
            for w in range(len(e["input_ids"])):
                seq, off = e.sequence_ids(w), e["offset_mapping"][w]
                f = {k: e[k][w] for k in ("input_ids", "token_type_ids", "attention_mask")}
                first = last = 0
                if answers:
                    start, end = answers[0]["answer_start"], answers[0]["answer_start"] + len(answers[0]["text"])
                    i, k = seq.index(1), len(seq) - 1 - seq[::-1].index(1)
                    if off[i][0] <= start and off[k][1] >= end:
                        while i < len(off) and off[i][0] <= start:
                            i += 1
                        while off[k][1] >= end:
                            k -= 1
                        first, last = i - 1, k + 1
                f.update(start_positions=first, end_positions=last, info=(n, [o if s == 1 else None for o, s in zip(off, seq)]))
                out.append(f)
        return out
    model = AutoModelForQuestionAnswering.from_pretrained(a.model, **rates)
elif a.task == "choice":
    def codah(name):
        return [(r[1], r[2:6], int(r[6])) for r in csv.reader((folder / name).open(encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE)]
    train_rows, dev_rows = codah("train.tsv"), codah("dev.tsv")

    def encode(rows):
        return [dict(choices=[dict(tok(prompt, c, truncation=True, max_length=length)) for c in choices], labels=label) for prompt, choices, label in rows]

    def pad_choices(features):
        flat = pad([c for f in features for c in f["choices"]])
        out = {k: v.view(len(features), 4, -1) for k, v in flat.items()}
        out["labels"] = torch.tensor([f["labels"] for f in features])
        return out
    model = AutoModelForMultipleChoice.from_pretrained(a.model, **rates)
else:
    train_rows, dev_rows = glue("train"), glue("dev")

    def encode(rows):
        return [dict(tok(x, y, truncation=True, max_length=length), labels=label) for (x, y), label in rows]
    labels = 1 if a.task == "sts-b" else len({label for _, label in train_rows})
    model = AutoModelForSequenceClassification.from_pretrained(a.model, num_labels=labels, **rates)

train_rows = train_rows[: int(len(train_rows) * a.share)]
collate = pad_choices if a.task == "choice" else pad
train_set, dev_set = encode(train_rows), encode(dev_rows)
autocast = lambda: torch.autocast("cpu", torch.bfloat16, enabled=a.compute == "bf16")


def normal(s):
    s = "".join(c for c in s.lower() if c not in string.punctuation)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", s).split())


def squad_scores(logits):
    best = {}
    for (first, last), f in zip(logits, dev_set):
        n, off = f["info"]
        for i in np.argsort(first)[-1:-21:-1]:
            for k in np.argsort(last)[-1:-21:-1]:
                if i < len(off) and k < len(off) and off[i] and off[k] and i <= k < i + 30:
                    score = first[i] + last[k]
                    if n not in best or score > best[n][0]:
                        best[n] = (score, off[i][0], off[k][1])
    em = f1 = 0.0
    for n, (qid, question, context, answers) in enumerate(dev_rows):
        got = normal(context[best[n][1]:best[n][2]]) if n in best else ""
        right = [normal(x["text"]) for x in answers] or [""]
        em += max(got == r for r in right)

        def one(r):
            same = sum((Counter(got.split()) & Counter(r.split())).values())
            return 2 * same / (len(got.split()) + len(r.split())) if same else float(got == r)
        f1 += max(map(one, right))
    return dict(exact_match=100 * em / len(dev_rows), f1=100 * f1 / len(dev_rows))


@torch.no_grad()
def evaluate():
    model.eval()
    outs, gold, loss, counted = [], [], 0.0, 0
    for i in range(0, len(dev_set), 2 * a.batch):
        part = dev_set[i:i + 2 * a.batch]
        b = collate(part)
        for k in ("labels", "start_positions", "end_positions"):
            if k in b:
                gold.append(b[k])
        if a.task == "sts-b":
            b["labels"] = b["labels"].float()
        with autocast():
            o = model(**b)
        count = int((b["labels"] != -100).sum()) if a.task == "tag" else len(part)
        loss, counted = loss + float(o.loss) * count, counted + count
        if a.task == "squad":
            outs += list(zip(o.start_logits.float().numpy(), o.end_logits.float().numpy()))
        elif a.task == "tag":
            outs += [([names[t] for t, g in zip(row.argmax(-1).tolist(), y.tolist()) if g != -100], [names[g] for g in y.tolist() if g != -100])
                     for row, y in zip(o.logits.float(), b["labels"])]
        else:
            outs.append(o.logits.float())
    model.train()
    return dict(loss=loss / counted, **measures(outs, gold))


def measures(outs, gold):
    if a.task == "squad":
        return squad_scores(outs)
    if a.task == "tag":
        from seqeval.metrics import f1_score, precision_score, recall_score
        y, z = [g for _, g in outs], [q for q, _ in outs]
        return dict(f1=f1_score(y, z), precision=precision_score(y, z), recall=recall_score(y, z))
    logits, truth = torch.cat(outs).numpy(), torch.cat(gold).numpy()
    if a.task == "sts-b":
        from scipy.stats import pearsonr, spearmanr
        r, s = pearsonr(logits[:, 0], truth)[0], spearmanr(logits[:, 0], truth)[0]
        return dict(pearson=r, spearmanr=s, combined_score=(r + s) / 2)
    guess = logits.argmax(-1)
    out = dict(accuracy=float((guess == truth).mean()))
    if a.task == "cola":
        from sklearn.metrics import matthews_corrcoef
        out["matthews_correlation"] = matthews_corrcoef(truth, guess)
    if a.task == "mrpc":
        from sklearn.metrics import f1_score
        out["f1"] = f1_score(truth, guess)
        out["combined_score"] = (out["accuracy"] + out["f1"]) / 2
    return out


MAIN = {"cola": "matthews_correlation", "mrpc": "combined_score", "sts-b": "combined_score", "tag": "f1", "squad": "f1"}.get(a.task, "accuracy")
plain = [q for n, q in model.named_parameters() if n.endswith("bias") or "LayerNorm" in n]
decayed = [q for n, q in model.named_parameters() if not (n.endswith("bias") or "LayerNorm" in n)]
optimizer = torch.optim.AdamW([dict(params=decayed, weight_decay=a.weight_decay), dict(params=plain, weight_decay=0.0)], lr=a.lr, eps=1e-8, fused=True)
per_epoch = math.ceil(len(train_set) / a.batch)
total = a.max_steps or math.ceil(per_epoch * a.epochs)
warm = math.ceil(total * a.warmup) if a.warmup < 1 else int(a.warmup)
g = torch.Generator().manual_seed(a.seed)
model.train()
history, losses, step, trained, evaluated, tokens = [], [], 0, 0.0, 0.0, 0
while step < total:
    began = time.time()
    order = torch.randperm(len(train_set), generator=g).tolist()
    for i in range(0, len(order), a.batch):
        if step == total:
            break
        b = collate([train_set[k] for k in order[i:i + a.batch]])
        if a.task == "sts-b":
            b["labels"] = b["labels"].float()
        tokens += int(b["attention_mask"].sum())
        for group in optimizer.param_groups:
            group["lr"] = a.lr * (step / warm if step < warm else max(0.0, (total - step) / max(1, total - warm)))
        with autocast():
            loss = model(**b).loss
        losses.append(loss.detach())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        step += 1
    trained += time.time() - began
    if not a.max_steps:
        began = time.time()
        history.append(evaluate())
        evaluated += time.time() - began
best = max(history, key=lambda m: m[MAIN]) if history else {}
text = json.dumps(dict(task=a.task, seed=a.seed, steps=step, tokens=tokens, train_seconds=trained, eval_seconds=evaluated, main=MAIN, best=best, epochs=history,
                       loss_of_10_steps=[float(torch.stack(losses[i:i + 10]).mean()) for i in range(0, step, 10)]), indent=1, default=float)
print(text) if a.json == "-" else pathlib.Path(a.json).write_text(text + "\n")
