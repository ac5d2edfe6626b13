"""Masked language models, tiny and random, and the sparse vectors that their logits make of a few texts: written beside this program.

    python make_sparse.py

plain/ is a folder of transformers; the values are its logits in fp64, one text at a time, as SPLADE pools them (Formal et al. 2021,
arXiv:2109.10086): the largest log(1 + relu(logit)) over a text's tokens, [CLS] and [SEP] among them. splade/ is what
sentence-transformers' SparseEncoder writes, and twice/ the same with another logarithm, as OpenSearch's models have it; their values are
that library's.
"""
import json, os, shutil

import sentence_transformers, torch, transformers
from sentence_transformers import SparseEncoder
from sentence_transformers.sparse_encoder.modules import SpladePooling
from sentence_transformers.sentence_transformer.modules import Transformer
from transformers import BertConfig, BertForMaskedLM, BertTokenizer

HERE = os.path.dirname(os.path.abspath(__file__))
WORDS = ("the a one red green blue small large old new boat house river tree bird stone walks swims sleeps sings falls over under "
         "near in on and or not query passage text find ##s ##ed ##ing ##er ##ly un ##known wat . , : ! ? Boat River Old").split()
VOCABULARY = {t: i for i, t in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + WORDS)}
TEXTS = ["the red boat swims over the river .", "boat", "a small bird sings near one old tree , and a large stone falls in the water !",
         "Old River BOAT unknown", "not the house : the [MASK] walks ?", "green green green green green"]
VERSIONS = {"sentence_transformers": sentence_transformers.__version__, "transformers": transformers.__version__, "torch": torch.__version__}


def network(folder):
    shutil.rmtree(folder, ignore_errors=True)
    torch.manual_seed(7)
    c = BertConfig(vocab_size=len(VOCABULARY), hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=24,
                   max_position_embeddings=16, initializer_range=0.2)
    m = BertForMaskedLM(c).eval()
    with torch.no_grad():
        m.cls.predictions.bias.normal_(-0.3, 0.5)
    m.save_pretrained(folder)
    t = BertTokenizer(vocab=VOCABULARY, do_lower_case=True, model_max_length=16)
    t.save_pretrained(folder)
    return m, t


def note(folder, vectors, **more):
    with open(os.path.join(folder, "expected.json"), "w", encoding="utf-8") as f:
        json.dump({"versions": VERSIONS, "texts": TEXTS, "vectors": vectors, **more}, f)


def main():
    folder = os.path.join(HERE, "plain")
    m, t = network(folder)
    m.double()
    with torch.no_grad():
        rows = [torch.log1p(torch.relu(m(**t(x, truncation=True, return_tensors="pt")).logits[0])).amax(0).tolist() for x in TEXTS]
    note(folder, rows)
    for name, how in (("splade", "relu"), ("twice", "log1p_relu")):
        folder = os.path.join(HERE, name)
        network(folder)
        base = Transformer(folder, transformer_task="fill-mask", max_seq_length=12)
        e = SparseEncoder(modules=[base, SpladePooling(activation_function=how)], device="cpu", prompts={"query": "find : "})
        e.save_pretrained(folder)
        os.remove(os.path.join(folder, "README.md"))
        e = SparseEncoder(folder, device="cpu")
        note(folder, e.encode(TEXTS, batch_size=4, convert_to_sparse_tensor=False).tolist(),
             query=e.encode(TEXTS, prompt_name="query", convert_to_sparse_tensor=False).tolist())
        if name == "splade":
            lines(folder, e)


def lines(folder, e):
    """What finetune embed --sparse writes of the texts: weights by id, the largest five by word, and how alike pairs of texts are."""
    v = e.encode(TEXTS, batch_size=4)
    rows = [[{"index": i, "value": x} for i, x in enumerate(row) if x > 0] for row in v.to_dense().tolist()]
    for file, values in (("texts.txt", TEXTS), ("lines.jsonl", map(json.dumps, rows)),
                         ("terms.jsonl", (json.dumps(dict(terms)) for terms in e.decode(v, top_k=5))),
                         ("pairs.jsonl", map(json.dumps, e.similarity_pairwise(v.to_dense()[::2], v.to_dense()[1::2]).tolist()))):
        with open(os.path.join(folder, file), "w", encoding="utf-8") as f:
            f.writelines(value + "\n" for value in values)


if __name__ == "__main__":
    main()
