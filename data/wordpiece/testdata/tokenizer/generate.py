"""Writes the golden cases of the tokenizer: model folders, and what transformers makes of texts with them.

    python generate.py        # beside this file: folders/*, cases/*.jsonl.gz, versions.json

A line of cases is one call. "in" are its texts, as hexadecimal bytes that Python decodes with errors="replace"; "out" are
the encodings, or null where the reference refuses.
"""

import contextlib
import gzip
import io
import json
import os
import random
import shutil
import sys

import tokenizers
import transformers
from transformers import AutoTokenizer

import folders
import material

HERE = os.path.dirname(os.path.abspath(__file__))
CALLS = 330


def flat(pairs):
    return [n for pair in pairs for n in pair]


def dump(e):
    d = {"i": e.ids, "t": e.type_ids, "k": e.tokens, "o": flat(e.offsets), "w": [-1 if w is None else w for w in e.word_ids],
         "s": e.special_tokens_mask, "a": e.attention_mask, "q": [-1 if s is None else s for s in e.sequence_ids]}
    if e.overflowing:
        d["v"] = [dump(o) for o in e.overflowing]
    return d


def lookups(e, draw):
    """What Encoding's functions answer: [name, arguments, answer]."""
    out = []
    for _ in range(4):
        n, s = draw.randint(0, len(e.ids) + 2), draw.randint(0, 1)
        for name, args in (("char_to_token", (n, s)), ("char_to_word", (n, s)), ("word_to_tokens", (n, s)), ("word_to_chars", (n, s)),
                           ("token_to_chars", (n,)), ("token_to_word", (n,)), ("token_to_sequence", (n,))):
            if name.startswith("token") and n >= len(e.ids):
                continue
            with contextlib.suppress(Exception):
                out.append([name, list(args), getattr(e, name)(*args)])
    return out


def options(draw):
    o = {}
    if draw.random() < 0.8:
        o["max_length"] = draw.randint(4, 26)
    choice = draw.random()
    if choice < 0.75:
        o["truncation"] = draw.choice(["longest_first", "longest_first", "only_first", "only_second", "do_not_truncate"])
    if draw.random() < 0.5:
        o["stride"] = draw.randint(0, 4)
    if draw.random() < 0.5:
        o["padding"] = draw.choice(["longest", "max_length", "do_not_pad"])
        if draw.random() < 0.4:
            o["pad_to_multiple_of"] = draw.choice([4, 8])
            if "max_length" in o and draw.random() < 0.8:
                o["max_length"] = max(o["pad_to_multiple_of"], o["max_length"] // 8 * 8)
        if draw.random() < 0.5:
            o["padding_side"] = draw.choice(["left", "right"])
    if draw.random() < 0.2:
        o["add_special_tokens"] = False
    if draw.random() < 0.15:
        o["split_special_tokens"] = True
    return o


def text(draw):
    if draw.random() < 0.06:
        return draw.choice(material.INVALID)
    s = draw.choice(material.texts())
    if draw.random() < 0.3:
        s += draw.choice(["", " ", "\n"]) + draw.choice(material.texts())
    if draw.random() < 0.3:
        cut = draw.randint(0, len(s))
        s = s[cut:] if draw.random() < 0.5 else s[:cut]
    return s.encode("utf-8")


def call(tokenizer, draw):
    o = options(draw)
    pair, words = draw.random() < 0.45, draw.random() < 0.2
    count = draw.choice([1, 1, 1, 2, 3])
    side = draw.choice(["left", "right"]) if draw.random() < 0.3 else None

    def one():
        t = text(draw)
        return t.split(b" ")[:12] if words else t

    rows = [[one() for _ in range(1 + pair)] for _ in range(count)]
    decoded = [[[w.decode("utf-8", "replace") for w in t] if words else t.decode("utf-8", "replace") for t in row] for row in rows]
    special = o.get("add_special_tokens", True) and tokenizer.num_special_tokens_to_add(pair) or 0
    if o.get("max_length", 99) < special:
        o["max_length"] = special
    case = {"in": [[[w.hex() for w in t] if words else t.hex() for t in row] for row in rows], "o": dict(o)}
    before = tokenizer.truncation_side
    if side:
        case["o"]["truncation_side"] = tokenizer.truncation_side = side
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            got = tokenizer([r[0] for r in decoded], [r[1] for r in decoded] if pair else None, is_split_into_words=words, **o)
        case["out"] = [dump(e) for e in got.encodings]
        if count == 1:
            case["l"] = lookups(got.encodings[0], draw)
    except BaseException as error:  # PanicException is no Exception
        if isinstance(error, KeyboardInterrupt):
            raise
        case["out"] = None
    tokenizer.truncation_side = before
    return case


def decoding(tokenizer, draw):
    size = len(tokenizer)
    if draw.random() < 0.5:
        ids = [draw.randrange(size) for _ in range(draw.randint(0, 20))]
    else:
        ids = tokenizer(text(draw).decode("utf-8", "replace"), truncation=False).input_ids
    skip, clean = draw.random() < 0.5, draw.random() < 0.5
    return {"ids": ids, "skip": skip, "clean": clean,
            "text": tokenizer.decode(ids, skip_special_tokens=skip, clean_up_tokenization_spaces=clean)}


def main():
    root, cases, others = (os.path.join(HERE, n) for n in ("folders", "cases", "others"))
    for folder in (root, cases, others):
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
    folders.other(others)
    total = 0
    for number, name in enumerate(folders.build(root)):
        tokenizer = AutoTokenizer.from_pretrained(os.path.join(root, name))
        draw = random.Random(1000 + number)
        head = {"vocabulary": [tokenizer.convert_ids_to_tokens(i) for i in range(len(tokenizer))],
                "pad": tokenizer.pad_token_id, "cls": tokenizer.cls_token_id, "sep": tokenizer.sep_token_id,
                "mask": tokenizer.mask_token_id, "class": type(tokenizer).__name__}
        lines = [head] + [call(tokenizer, draw) for _ in range(CALLS)] + [decoding(tokenizer, draw) for _ in range(120)]
        total += len(lines) - 1
        body = "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)
        with open(os.path.join(cases, name + ".jsonl.gz"), "wb") as f:
            f.write(gzip.compress(body.encode("utf-8"), 9, mtime=0))
    versions = {"tokenizers": tokenizers.__version__, "transformers": transformers.__version__, "python": sys.version.split()[0],
                "cases": total}
    with open(os.path.join(HERE, "versions.json"), "w", encoding="utf-8") as f:
        f.write(json.dumps(versions, indent=1) + "\n")
    print(versions)


if __name__ == "__main__":
    main()
