"""Answers with digests of what transformers makes of texts, for the sweep over all real text.

    python sweep.py FOLDER [NAME=VALUE ...] < jobs > digests

FOLDER is a model folder, NAME=VALUE options of BertTokenizer as JSON. A job is a line of JSON (options of the call, "n" texts,
"pair", "decode") and the texts, each a little-endian int32 length and bytes; of pairs, first texts and second ones by turns.
The answer is a line with versions, then 16 bytes for each encoding, and with "decode" 16 more for the text decoded again.
"""

import array
import hashlib
import json
import struct
import sys

import tokenizers
import transformers
from transformers import BertTokenizer

transformers.logging.set_verbosity_error()


def flat(pairs):
    return [n for pair in pairs for n in pair]


def feed(h, e):
    a = array.array("i", [len(e.ids), len(e.overflowing)])
    a.extend(e.ids)
    a.extend(e.type_ids)
    a.extend(flat(e.offsets))
    a.extend([-1 if w is None else w for w in e.word_ids])
    a.extend(e.special_tokens_mask)
    a.extend(e.attention_mask)
    a.extend([-1 if s is None else s for s in e.sequence_ids])
    h.update(a.tobytes())
    h.update("\0".join(e.tokens).encode("utf-8"))
    for o in e.overflowing:
        feed(h, o)


def read(stream):
    size, = struct.unpack("<i", stream.read(4))
    return stream.read(size).decode("utf-8", errors="replace")


def main():
    options = {k: json.loads(v) for k, v in (a.split("=", 1) for a in sys.argv[2:])}
    tokenizer = BertTokenizer.from_pretrained(sys.argv[1], **options)
    stream, out = sys.stdin.buffer, sys.stdout.buffer
    out.write(f"tokenizers {tokenizers.__version__}, transformers {transformers.__version__}\n".encode())
    out.flush()
    while line := stream.readline():
        job = json.loads(line)
        n, pair, decode = job.pop("n"), job.pop("pair"), job.pop("decode")
        tokenizer.truncation_side = job.pop("truncation_side")
        texts = [read(stream) for _ in range(n * (1 + pair))]
        got = tokenizer(texts[::1 + pair], texts[1::2] if pair else None, **job)
        for e in got.encodings:
            h = hashlib.md5()
            feed(h, e)
            out.write(h.digest())
            if decode:
                for skip, clean in ((False, False), (True, True)):
                    text = tokenizer.decode(e.ids, skip_special_tokens=skip, clean_up_tokenization_spaces=clean)
                    h.update(text.encode("utf-8"))
                out.write(h.digest())
        out.flush()


if __name__ == "__main__":
    main()
