"""Classifiers with one output or several, and what transformers' pipeline or sentence-transformers' CrossEncoder makes of their
scores: written beside this program, into scores/.

    python scores.py
"""
import json, os, shutil

import torch
from sentence_transformers import CrossEncoder
from transformers import BertConfig, BertForSequenceClassification, BertTokenizer, pipeline

from sentences import TEXTS, VERSIONS, VOCABULARY, edit

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "scores")


def make(name, labels, encoder, **members):
    folder = os.path.join(HERE, name)
    shutil.rmtree(folder, ignore_errors=True)
    torch.manual_seed(len(name))
    c = BertConfig(vocab_size=len(VOCABULARY), hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=12,
                   max_position_embeddings=48, initializer_range=0.4, num_labels=labels)
    BertForSequenceClassification(c).save_pretrained(folder)
    BertTokenizer(vocab=VOCABULARY, model_max_length=48).save_pretrained(folder)
    edit(folder, "config.json", lambda c: c.update(members))
    texts = [t for t in TEXTS if t]
    pairs = list(zip(texts, texts[1:] + texts[:1]))
    if encoder == "pipeline":
        run = pipeline("text-classification", folder, device="cpu")
        values = [[x["score"] for x in sorted(run({"text": a, "text_pair": b}, top_k=None), key=lambda x: x["label"])] for a, b in pairs]
    elif encoder == "cross-encoder":
        values = [[float(x)] for x in CrossEncoder(folder, device="cpu").predict(pairs)]
    else:  # the newer form of a cross-encoder's folder
        CrossEncoder(folder, device="cpu", activation_fn=torch.nn.Identity()).save_pretrained(folder)
        os.remove(os.path.join(folder, "README.md"))
        values = [[float(x)] for x in CrossEncoder(folder, device="cpu").predict(pairs)]
    with open(os.path.join(folder, "expected.json"), "w", encoding="utf-8") as f:
        json.dump({"versions": VERSIONS, "pairs": pairs, "values": values}, f)


if __name__ == "__main__":
    make("one", 1, "pipeline")
    make("regression", 1, "pipeline", problem_type="regression")
    make("several", 3, "pipeline", problem_type="regression")
    make("identity", 1, "cross-encoder", sentence_transformers={"activation_fn": "torch.nn.modules.linear.Identity", "version": "4.0.1"})
    make("sigmoid", 1, "cross-encoder", problem_type="regression", sbert_ce_default_activation_function="torch.nn.modules.activation.Sigmoid")
    make("encoder", 1, "saved")
