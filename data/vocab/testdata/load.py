"""Loads a folder with transformers and prints the ids of a text: python load.py FOLDER TEXT"""

import sys

from transformers import AutoTokenizer

print(*AutoTokenizer.from_pretrained(sys.argv[1])(sys.argv[2])["input_ids"])
