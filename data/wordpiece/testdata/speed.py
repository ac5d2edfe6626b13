"""Prints how many MB of text a second Hugging Face's encode_batch_fast takes on one core.

    python speed.py VOCAB.TXT RULES < texts

Arguments and texts are as for reference.py.
"""

import os
import sys
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"

import reference  # noqa: E402


def main():
    tokenizer = reference.build(sys.argv[1], sys.argv[2])
    texts = list(reference.read(sys.stdin.buffer))
    size = sum(len(t.encode()) for t in texts)
    best = 0
    for _ in range(3):
        start = time.perf_counter()
        for i in range(0, len(texts), 1000):
            tokenizer.encode_batch_fast(texts[i:i + 1000], add_special_tokens=False)
        best = max(best, size / 1e6 / (time.perf_counter() - start))
    print(best)


main()
