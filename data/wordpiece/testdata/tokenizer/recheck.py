"""Loads a folder that the Go side saved and answers the golden cases of the original again: all answers must be the same.

    python recheck.py NAME=FOLDER ...
"""

import contextlib
import gzip
import io
import json
import os
import sys

import transformers
from transformers import AutoTokenizer

from generate import HERE, dump

transformers.logging.set_verbosity_error()


def recheck(name, folder):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    different = total = 0
    with gzip.open(os.path.join(HERE, "cases", name + ".jsonl.gz"), "rt", encoding="utf-8") as f:
        head = json.loads(f.readline())
        assert [tokenizer.convert_ids_to_tokens(i) for i in range(len(tokenizer))] == head["vocabulary"], name
        for line in f:
            case = json.loads(line)
            total += 1
            if not same(tokenizer, case):
                different += 1
                if different < 4:
                    print(line[:400])
    print(f"{name}: {total} cases, {different} different, {type(tokenizer).__name__}")
    return different


def same(tokenizer, case):
    if "ids" in case:
        got = tokenizer.decode(case["ids"], skip_special_tokens=case["skip"], clean_up_tokenization_spaces=case["clean"])
        return got == case["text"]
    if case["out"] is None:
        return True
    options = dict(case["o"])
    before = tokenizer.truncation_side
    tokenizer.truncation_side = options.pop("truncation_side", before)

    def text(t):
        return [text(w) for w in t] if isinstance(t, list) else bytes.fromhex(t).decode("utf-8", "replace")

    rows = [[text(t) for t in row] for row in case["in"]]
    words = isinstance(rows[0][0], list)
    with contextlib.redirect_stderr(io.StringIO()):
        got = tokenizer([r[0] for r in rows], [r[1] for r in rows] if len(rows[0]) == 2 else None,
                        is_split_into_words=words, **options)
    tokenizer.truncation_side = before
    return [dump(e) for e in got.encodings] == case["out"]


if __name__ == "__main__":
    sys.exit(sum(recheck(*argument.split("=", 1)) for argument in sys.argv[1:]) > 0)
