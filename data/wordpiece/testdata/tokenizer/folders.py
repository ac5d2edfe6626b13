"""Writes the model folders of the golden cases: each says what it has to say in another way."""

import json
import os

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from tokenizers import AddedToken
from transformers import BertTokenizer

from material import vocabulary


def write(folder, name, content):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "w", encoding="utf-8", newline="\n") as f:
        f.write(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def vocab_txt(folder, tokens):
    write(folder, "vocab.txt", "\n".join(tokens) + "\n")


def backend(tokens, normalizer, prefix="##", longest=100):
    t = Tokenizer(models.WordPiece({w: i for i, w in enumerate(tokens)}, unk_token="[UNK]",
                                   continuing_subword_prefix=prefix, max_input_chars_per_word=longest))
    if normalizer is not None:
        t.normalizer = normalizer
    t.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    t.decoder = decoders.WordPiece(prefix=prefix, cleanup=False)
    return t


def template(t, single, pair, specials=("[CLS]", "[SEP]", "[MASK]")):
    t.post_processor = processors.TemplateProcessing(
        single=single, pair=pair, special_tokens=[(s, t.token_to_id(s)) for s in specials])


FLAGGED = [
    AddedToken("<e>", normalized=False), AddedToken("<ee>", normalized=False, special=True),
    AddedToken("<left>", lstrip=True, normalized=False), AddedToken("<right>", rstrip=True, normalized=False, special=True),
    AddedToken("<both>", lstrip=True, rstrip=True, normalized=False),
    AddedToken("wholeword", single_word=True, normalized=False),
]
NORMALIZED = [
    AddedToken("Café", normalized=True), AddedToken("New York", normalized=True, lstrip=True),
    AddedToken("中文词", normalized=True), AddedToken("[X]", normalized=True, special=True, rstrip=True),
    AddedToken("Wholeword", normalized=True, single_word=True), AddedToken("İi", normalized=True),
]


def build(root):
    lower, cased = vocabulary(True), vocabulary(False)
    bert = {"tokenizer_class": "BertTokenizer", "model_max_length": 32}

    f = os.path.join(root, "uncased")
    vocab_txt(f, lower)
    write(f, "tokenizer_config.json", {**bert, "do_lower_case": True})

    f = os.path.join(root, "older")  # the files of older folders
    cased = [w for w in cased if not w.startswith("<") or w == "<"] + ["<ee>"]
    vocab_txt(f, cased)
    write(f, "tokenizer_config.json", {"do_lower_case": False, "tokenizer_class": "BertTokenizerFast"})
    write(f, "special_tokens_map.json", {
        "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]",
        "mask_token": {"content": "[MASK]", "lstrip": True, "normalized": False, "rstrip": False, "single_word": False},
        "additional_special_tokens": ["<ee>", "<right>"]})
    write(f, "added_tokens.json", {"<e>": len(cased), "<right>": len(cased) + 1, "Zeta Eta": len(cased) + 2})

    f = os.path.join(root, "accents")
    vocab_txt(f, lower)
    write(f, "tokenizer_config.json", {**bert, "do_lower_case": True, "strip_accents": False, "tokenize_chinese_chars": False,
                                       "padding_side": "left", "truncation_side": "left"})

    f = os.path.join(root, "stripped")
    vocab_txt(f, cased)
    write(f, "tokenizer_config.json", {**bert, "do_lower_case": False, "strip_accents": True, "model_max_length": int(1e30)})

    t = BertTokenizer(vocab={w: i for i, w in enumerate(lower)}, do_lower_case=True, model_max_length=24)
    t.add_tokens(FLAGGED)
    t.add_tokens(NORMALIZED)
    t.add_special_tokens({"extra_special_tokens": ["<new>"]})
    t.save_pretrained(os.path.join(root, "added"))

    t = BertTokenizer(vocab={w: i for i, w in enumerate(cased)}, do_lower_case=False)
    t.add_tokens(NORMALIZED + FLAGGED)
    t.save_pretrained(os.path.join(root, "added_cased"))

    f = os.path.join(root, "missing")  # special tokens that the vocabulary lacks get ids after it
    vocab_txt(f, [w for w in lower if w not in ("[MASK]", "[SEP]")])
    write(f, "tokenizer_config.json", {"tokenizer_class": "DistilBertTokenizer", "cls_token": "[BEGIN]"})

    f = os.path.join(root, "backend")  # tokenizer.json is all there is to know
    odd = vocabulary(True, prefix="@@")
    t = backend(odd, normalizers.BertNormalizer(clean_text=False, handle_chinese_chars=True, strip_accents=None, lowercase=True),
                prefix="@@", longest=9)
    t.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    template(t, "[CLS] $A [MASK] [SEP]", "[MASK]:1 $B:3 [SEP]:2 $A:1 [CLS]:0")
    t.enable_truncation(20, stride=2, strategy="only_first", direction="left")
    t.enable_padding(direction="left", pad_id=0, pad_token="[PAD]", pad_to_multiple_of=8)
    write(f, "tokenizer.json", t.to_str())
    write(f, "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "[PAD]", "mask_token": "[MASK]"})

    f = os.path.join(root, "bare_json")  # no normalizer, no post-processor, no decoder
    t = backend(cased, None)
    t = Tokenizer.from_str(json.dumps({**json.loads(t.to_str()), "decoder": None}))
    t.add_tokens(FLAGGED + NORMALIZED)
    write(f, "tokenizer.json", t.to_str())
    write(f, "tokenizer_config.json", {"tokenizer_class": "TokenizersBackend", "pad_token": "[PAD]"})

    f = os.path.join(root, "bert_processing")
    t = backend(cased, normalizers.Sequence([normalizers.BertNormalizer(lowercase=False)]))
    t.add_special_tokens(["[CLS]", "[SEP]", "[PAD]"])
    t.post_processor = processors.BertProcessing(("[SEP]", t.token_to_id("[SEP]")), ("[CLS]", t.token_to_id("[CLS]")))
    write(f, "tokenizer.json", t.to_str())
    write(f, "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "[PAD]", "cls_token": "[CLS]",
                                       "sep_token": "[SEP]"})
    return sorted(os.listdir(root))


def other(root):
    """tokenizer.json files that are not WordPiece, for the bridge to sugarme/tokenizer."""
    from tokenizers import trainers

    from material import SENTENCES

    plain = [s for s in SENTENCES if s.isascii()]
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    bpe.train_from_iterator(plain, trainers.BpeTrainer(vocab_size=400, special_tokens=["<s>", "<pad>", "</s>", "<unk>"],
                                                       initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    bpe.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), trim_offsets=False, add_prefix_space=False)
    texts = ["The heron waits by the river.", "She laughed at the wind, didn't she?", "Prices rose by 3.5%"]
    answers = [{"text": a, "pair": b, "ids": bpe.encode(a, b).ids, "offsets": flat_offsets(bpe.encode(a, b)),
                "type_ids": bpe.encode(a, b).type_ids} for a in texts for b in (None, "by the wind")]
    write(os.path.join(root, "bpe"), "tokenizer.json", bpe.to_str())
    write(os.path.join(root, "bpe"), "answers.json", answers)


def flat_offsets(e):
    return [n for pair in e.offsets for n in pair]
