"""Folders in sentence-transformers' form with every way to pool, and the vectors that sentence-transformers gives for a few
texts: written beside this program, into sentences/.

    python sentences.py

The networks are tiny and random, made by transformers; the vocabulary is our own. Old forms of files, which the library reads and
no longer writes, are written here by hand and read by the library again before its vectors are noted.
"""
import json, os, shutil

import sentence_transformers, torch, transformers
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Dense, Dropout, LayerNorm, Normalize, Pooling, Transformer
from transformers import BertConfig, BertModel, BertTokenizer

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sentences")
WORDS = ("the a one red green blue small large old new boat house river tree bird stone walks swims sleeps sings falls over under "
         "near in on and or not query passage text find ##s ##ed ##ing ##er ##ly un ##known wat . , : ! ? Boat River Old é É e E").split()
VOCABULARY = {t: i for i, t in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + WORDS)}
TEXTS = ["the red boat swims over the river .", "boat", "a small bird sings near one old tree , and a large stone falls in the water !", "",
         "Old River BOAT unknown é É", "not the house : the [MASK] walks ?", "green green green green green"]
OLD = ["cls_token", "max_tokens", "mean_tokens", "mean_sqrt_len_tokens", "weightedmean_tokens", "lasttoken"]


def transformer(folder, lower=True, accents=None, **config):
    """A folder of transformers with a random network of its own."""
    torch.manual_seed(sum(map(ord, os.path.basename(folder))))
    c = BertConfig(vocab_size=len(VOCABULARY), hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=12,
                   max_position_embeddings=24, initializer_range=0.4, **config)
    BertModel(c, add_pooling_layer=False).save_pretrained(folder)
    BertTokenizer(vocab=VOCABULARY, do_lower_case=lower, strip_accents=accents, model_max_length=24).save_pretrained(folder)


def dense(inputs, outputs, **rest):
    layer = Dense(inputs, outputs, **rest)
    with torch.no_grad():
        for p in layer.parameters():
            p.normal_(0, 0.25)
    return layer


def edit(folder, name, change):
    path = os.path.join(folder, name)
    with open(path, encoding="utf-8") as f:
        value = json.load(f)
    value = change(value) or value
    with open(path, "w", encoding="utf-8") as f:
        json.dump(value, f, indent=2)


def old(*modes):
    """The form of 1_Pooling/config.json until 2025: a switch for each mode."""
    return lambda c: {"word_embedding_dimension": 8, **{f"pooling_mode_{m}": m in modes for m in OLD}, "include_prompt": c["include_prompt"]}


def make(name, modules=(), pooling=None, asked=({},), lower=True, accents=None, length=None, sbert=None, change=None, **model):
    folder = os.path.join(HERE, name)
    shutil.rmtree(folder, ignore_errors=True)
    transformer(folder, lower, accents)
    if pooling is not None:
        base = Transformer(folder, **({"max_seq_length": length} if length else {}))
        SentenceTransformer(modules=[base, pooling, *modules], device="cpu", **model).save_pretrained(folder)
        os.remove(os.path.join(folder, "README.md"))
    if sbert:
        edit(folder, "sentence_bert_config.json", lambda c: c.update(sbert))
    if change:
        change(folder)
    m = SentenceTransformer(folder, device="cpu")
    cases = []
    for a in asked:
        v = m.encode(TEXTS, batch_size=3, **a)
        cases.append({"asked": a, "width": v.shape[1], "vectors": [float(x) for x in v.flatten()],
                      "similarity": [float(x) for x in m.similarity_pairwise(v[:-1], v[1:])]})
    with open(os.path.join(folder, "expected.json"), "w", encoding="utf-8") as f:
        json.dump({"versions": VERSIONS, "cases": cases}, f)


def pickled(folder):
    """Dense's weights as they were written before safetensors."""
    path = os.path.join(folder, "2_Dense")
    from safetensors.torch import load_file
    torch.save(load_file(os.path.join(path, "model.safetensors")), os.path.join(path, "pytorch_model.bin"))
    os.remove(os.path.join(path, "model.safetensors"))


def nested(folder):
    """The form of the library's first versions: the network in a folder of its own, and classes by their first names."""
    inner = os.path.join(folder, "0_BERT")
    os.makedirs(inner)
    for name in ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "sentence_bert_config.json"):
        shutil.move(os.path.join(folder, name), inner)

    def names(modules):
        modules[0]["path"] = "0_BERT"
        for m in modules:
            m["type"] = "sentence_transformers.models." + m["type"].split(".")[-1]

    edit(folder, "modules.json", names)
    edit(folder, "1_Pooling/config.json", old("mean_tokens"))


VERSIONS = {"sentence_transformers": sentence_transformers.__version__, "transformers": transformers.__version__, "torch": torch.__version__}
pooling = lambda form: lambda folder: edit(folder, "1_Pooling/config.json", form)


def main():
    make("plain")
    make("cls", pooling=Pooling(8, "cls"))
    make("cls_old", pooling=Pooling(8, "cls"), modules=[Normalize()], change=pooling(old("cls_token")))
    make("max_old", pooling=Pooling(8, "max"), change=pooling(old("max_tokens")))
    make("mean_normalized", pooling=Pooling(8, "mean"), modules=[Normalize()], length=8)
    make("none_old", pooling=Pooling(8, "mean"), change=pooling(old()))
    make("sqrt", pooling=Pooling(8, "mean_sqrt_len_tokens"))
    make("weighted_old", pooling=Pooling(8, "weightedmean"), change=pooling(old("weightedmean_tokens")))
    make("last", pooling=Pooling(8, "lasttoken"), length=6)
    make("several_old", pooling=Pooling(8, ("cls", "max", "mean")), modules=[dense(24, 5)], change=pooling(old("cls_token", "max_tokens", "mean_tokens")))
    make("several", pooling=Pooling(8, ("lasttoken", "mean", "cls")), change=pickled,
         modules=[dense(24, 6, bias=False, activation_function=torch.nn.Identity()), Dropout(0.3), Normalize()])
    make("stack", pooling=Pooling(8, "mean"), similarity_fn_name="euclidean", truncate_dim=4,
         modules=[dense(8, 8, use_residual=True, activation_function=torch.nn.GELU()), LayerNorm(8), dense(8, 7, activation_function=torch.nn.ReLU(), use_residual=True)])
    ASKED = ({}, {"prompt_name": "passage"}, {"prompt": "find : "}, {"prompt": ""})
    make("prompts", pooling=Pooling(8, "mean", include_prompt=False), asked=ASKED, similarity_fn_name="dot",
         prompts={"query": "query : ", "passage": "text passage : "}, default_prompt_name="query")
    make("prompts_all", pooling=Pooling(8, Pooling.POOLING_MODES, include_prompt=False), asked=ASKED, similarity_fn_name="manhattan", length=12,
         prompts={"query": "find the text : ", "passage": "text passage"})
    make("prompts_pooled", pooling=Pooling(8, "weightedmean"), asked=ASKED, prompts={"passage": "text : "}, default_prompt_name="passage")
    make("lower", pooling=Pooling(8, "mean"), lower=False, accents=True, sbert={"do_lower_case": True})
    make("lower_accents", pooling=Pooling(8, "mean"), lower=False, sbert={"do_lower_case": True, "max_seq_length": 10})
    make("nested", pooling=Pooling(8, "mean"), change=nested)


if __name__ == "__main__":
    main()
