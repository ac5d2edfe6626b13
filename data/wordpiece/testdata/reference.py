"""Answers with Hugging Face's word pieces, for engine tests that start it.

    python reference.py VOCAB.TXT RULES < texts > pieces

RULES is a digit string of 0 and 1: lowercase, strip_accents, handle_chinese_chars, clean_text. A text is
a little-endian int32 length and bytes. The answer is a line with versions, then for each text the
number of pieces, ids, starts, ends (in code points of the decoded text) and word numbers, all int32.
"""

import array
import struct
import sys

import tokenizers
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

BATCH = 512


def build(path, rules):
    with open(path, encoding="utf-8", newline="\n") as f:
        vocabulary = {line.rstrip("\n"): i for i, line in enumerate(f)}
    lowercase, strip, chinese, clean = (c == "1" for c in rules)
    t = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=100))
    t.normalizer = normalizers.BertNormalizer(
        clean_text=clean, handle_chinese_chars=chinese, strip_accents=strip, lowercase=lowercase)
    t.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return t


def read(stream):
    while head := stream.read(4):
        yield stream.read(struct.unpack("<i", head)[0]).decode("utf-8", errors="replace")


def answer(tokenizer, texts, out):
    for e in tokenizer.encode_batch(texts, add_special_tokens=False):
        offsets = e.offsets
        a = array.array("i", [len(e.ids)])
        a.extend(e.ids)
        a.extend([start for start, _ in offsets])
        a.extend([end for _, end in offsets])
        a.extend(e.word_ids)
        out.write(a.tobytes())
    out.flush()


def main():
    tokenizer = build(sys.argv[1], sys.argv[2])
    out = sys.stdout.buffer
    out.write(f"tokenizers {tokenizers.__version__}, Python {sys.version.split()[0]}\n".encode())
    batch = []
    for text in read(sys.stdin.buffer):
        batch.append(text)
        if len(batch) == BATCH:
            answer(tokenizer, batch, out)
            batch = []
    answer(tokenizer, batch, out)


if __name__ == "__main__":
    main()
