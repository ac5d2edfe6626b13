"""Pretrains BERT with the reference (transformers on PyTorch), to be set beside "pretrain train" with the same recipe.

    python scripts/reference/pretrain.py --text wikipedia.txt --tokenizer vocab/ --model mini --steps 600 --seed 1 --out ref-1

The text has a sentence a line and a blank line between documents, and nothing of what is held out. Pairs and masks are drawn here, by this script's own generator, by the rules of Devlin et
al. 2019 (appendix A). Checkpoints are model folders step-N, which "pretrain eval" measures as it measures ours.
Needs torch 2.11 and transformers 5.17.
"""
import argparse, json, os, random, time
import torch
from transformers import BertConfig, BertForPreTraining, BertTokenizerFast

SIZES = dict(tiny=(2, 128, 2), mini=(4, 256, 4), small=(4, 512, 8), medium=(8, 512, 8), base=(12, 768, 12))
p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
p.add_argument("--text", required=True)
p.add_argument("--tokenizer", required=True)
p.add_argument("--model", default="mini", choices=SIZES)
p.add_argument("--length", type=int, default=128)
p.add_argument("--batch", type=int, default=32)
p.add_argument("--steps", type=int, default=600)
p.add_argument("--lr", type=float, default=1e-3)
p.add_argument("--warmup", type=float, default=0.1)
p.add_argument("--save-every", type=int, default=100)
p.add_argument("--seed", type=int, default=1)
p.add_argument("--dropout", type=float, default=0.1)
p.add_argument("--beta2", type=float, default=0.999)
p.add_argument("--out", required=True)
a = p.parse_args()
draw = random.Random(a.seed)
torch.manual_seed(a.seed)

tokenizer = BertTokenizerFast.from_pretrained(a.tokenizer)
documents = [d.strip().split("\n") for d in open(a.text, encoding="utf-8").read().split("\n\n") if d.strip()]
lines = tokenizer([s for d in documents for s in d], add_special_tokens=False, verbose=False).input_ids
texts, documents, at = documents, [], 0
for d in texts:
    documents.append([s for s in lines[at:at + len(d)] if s])
    at += len(d)
documents = [d for d in documents if d]
CLS, SEP, MASK, V = tokenizer.cls_token_id, tokenizer.sep_token_id, tokenizer.mask_token_id, len(tokenizer)


def pairs(document):
    """All examples of a document: (first, second, is random)."""
    room = a.length - 3
    target = draw.randint(2, room) if draw.random() < 0.1 else room
    chunk, size, i = [], 0, 0
    while i < len(document):
        chunk.append(document[i])
        size += len(document[i])
        if i == len(document) - 1 or size >= target:
            cut = draw.randint(1, len(chunk) - 1) if len(chunk) >= 2 else 1
            first = sum(chunk[:cut], [])
            if len(chunk) == 1 or draw.random() < 0.5:
                other = draw.choice(documents)
                while other is document:
                    other = draw.choice(documents)
                second, wanted = [], target - len(first)
                for s in other[draw.randrange(len(other)):]:
                    second += s
                    if len(second) >= wanted:
                        break
                is_random = True
                i -= len(chunk) - cut
            else:
                second, is_random = sum(chunk[cut:], []), False
            while len(first) + len(second) > room:
                longer = first if len(first) > len(second) else second
                del longer[0 if draw.random() < 0.5 else -1]
            if first and second:
                yield first, second, is_random
            chunk, size = [], 0
        i += 1


def examples():
    while True:
        pool = [e for d in documents for e in pairs(d)]
        draw.shuffle(pool)
        yield from pool


def batch(source):
    rows = [next(source) for _ in range(a.batch)]
    width = max(len(f) + len(s) + 3 for f, s, _ in rows)
    ids, types, mask = (torch.zeros(len(rows), width, dtype=torch.long) for _ in range(3))
    labels = torch.full_like(ids, -100)
    for i, (f, s, _) in enumerate(rows):
        row = [CLS] + f + [SEP] + s + [SEP]
        ids[i, :len(row)] = torch.tensor(row)
        types[i, len(f) + 2:len(row)] = 1
        mask[i, :len(row)] = 1
        places = [j for j, t in enumerate(row) if t not in (CLS, SEP)]
        draw.shuffle(places)
        for j in places[:max(1, min(round(a.length * 0.15), round(0.15 * len(row))))]:
            labels[i, j] = row[j]
            u = draw.random()
            ids[i, j] = MASK if u < 0.8 else draw.randrange(V) if u < 0.9 else row[j]
    return dict(input_ids=ids, token_type_ids=types, attention_mask=mask, labels=labels,
                next_sentence_label=torch.tensor([int(r) for _, _, r in rows]))


layers, hidden, heads = SIZES[a.model]
config = BertConfig(vocab_size=V, hidden_size=hidden, num_hidden_layers=layers, num_attention_heads=heads, intermediate_size=4 * hidden,
                    hidden_dropout_prob=a.dropout, attention_probs_dropout_prob=a.dropout)
model = BertForPreTraining._from_config(config, attn_implementation="sdpa").train()
plain = [q for n, q in model.named_parameters() if q.ndim < 2]
decayed = [q for n, q in model.named_parameters() if q.ndim >= 2]
optimizer = torch.optim.AdamW([dict(params=decayed, weight_decay=0.01), dict(params=plain, weight_decay=0.0)], lr=a.lr, betas=(0.9, a.beta2),
                              eps=1e-6, fused=True)
warmup = max(1, round(a.warmup * a.steps))
schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda n: min((n + 1) / warmup, max(0.0, (a.steps - n) / (a.steps - warmup))))
os.makedirs(a.out, exist_ok=True)
log, source, tokens, began = open(os.path.join(a.out, "metrics.jsonl"), "w"), examples(), 0, time.time()
for step in range(1, a.steps + 1):
    b = batch(source)
    tokens += int(b["attention_mask"].sum())
    loss = model(**b).loss
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    schedule.step()
    optimizer.zero_grad()
    if step % 10 == 0:
        print(json.dumps(dict(kind="step", step=step, loss=loss.item(), tokens=tokens, seconds=round(time.time() - began, 1))), file=log, flush=True)
    if step % a.save_every == 0 or step == a.steps:
        folder = os.path.join(a.out, f"step-{step:09d}")
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
