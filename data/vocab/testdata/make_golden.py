"""Writes words.txt (made-up words with counts) and golden.txt (what Hugging Face makes of them).

Run: python make_golden.py   with the versions that golden.txt names in its first line.
"""

import random
from pathlib import Path

import tokenizers
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

FOLDER = Path(__file__).parent
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
SIZE = 400


def words():
    """Syllables give pairs that repeat; counts are spread wide, so that ties are rare."""
    rng = random.Random(7)
    starts = ["b", "br", "k", "kl", "m", "n", "st", "str", "t", "v", "é", "日"]
    middles = ["a", "e", "i", "o", "u", "ai", "ou", "本"]
    ends = ["", "n", "r", "st", "ng", "ß"]
    syllables = [a + b + c for a in starts for b in middles for c in ends]
    counts = {}
    for rank in range(600):
        word = "".join(rng.choice(syllables) for _ in range(rng.randint(1, 4)))
        counts[word] = counts.get(word, 0) + int(1e9 / (rank + 1)) + rng.randrange(1_000_000)
    return counts


def main():
    counts = words()
    lines = [f"{word} {count}\n" for word, count in counts.items()]
    (FOLDER / "words.txt").write_text("".join(lines), encoding="utf-8")
    # The trainer of the library counts words itself, so the counts are scaled down to a text it can read.
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    trainer = trainers.WordPieceTrainer(vocab_size=SIZE, min_frequency=2, special_tokens=SPECIAL, show_progress=False)
    text = (" ".join([word] * (count // 100_000)) for word, count in counts.items())
    tokenizer.train_from_iterator(text, trainer)
    pieces = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    with open(FOLDER / "golden.txt", "w", encoding="utf-8") as out:
        out.write(f"# tokenizers {tokenizers.__version__}, size {SIZE}, min_frequency 2, counts divided by 100000\n")
        out.writelines(piece + "\n" for piece, _ in pieces)


if __name__ == "__main__":
    main()
