"""Trains a WordPiece vocabulary as BERT's, and prints its entries, then the seconds it took.

python huggingface.py TEXT SIZE
"""

import sys
import time

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers


def main():
    text, size = sys.argv[1], int(sys.argv[2])
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(
        vocab_size=size, min_frequency=2, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], show_progress=False
    )
    start = time.time()
    tokenizer.train([text], trainer)
    seconds = time.time() - start
    for piece in tokenizer.get_vocab():
        print(piece)
    print(seconds)


if __name__ == "__main__":
    main()
