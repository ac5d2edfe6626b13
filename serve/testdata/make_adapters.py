"""Writes a tiny BERT, three LoRA adapters over it as PEFT saves them, and what transformers with PEFT makes of some texts: TestAdaptersOfPEFT.

    python serve/testdata/make_adapters.py
"""

import json
import os
import shutil

import peft
import torch
import transformers
from peft import LoraConfig, get_peft_model
from transformers import BertConfig, BertForSequenceClassification, BertForTokenClassification, BertModel, BertTokenizerFast

here = os.path.dirname(os.path.abspath(__file__))
folder = os.path.join(here, "peft")
shutil.rmtree(folder, ignore_errors=True)
base = os.path.join(folder, "base")
os.makedirs(base)
words = "[PAD] [UNK] [CLS] [SEP] [MASK] the a film was very good poor rain in rome bob who it is".split()
with open(os.path.join(base, "vocab.txt"), "w") as file:
    file.write("\n".join(words) + "\n")
torch.manual_seed(1)
config = BertConfig(vocab_size=len(words), hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=24,
                    max_position_embeddings=32, initializer_range=0.5)
BertModel(config).save_pretrained(base)
tokenizer = BertTokenizerFast(os.path.join(base, "vocab.txt"))
texts = ["the film was very good", "rain in rome", "bob", "who is it in the very poor film in rome"]
expected = {"versions": {"torch": torch.__version__, "transformers": transformers.__version__, "peft": peft.__version__}, "texts": texts}


def adapted(name, model, **settings):
    """An adapter with values that matter, saved, and its model."""
    model = get_peft_model(model, LoraConfig(lora_alpha=6, init_lora_weights=False, **settings)).eval()
    with torch.no_grad():
        for n, p in model.named_parameters():
            if "lora" in n:
                p.mul_(3)
    model.save_pretrained(os.path.join(folder, name))
    os.remove(os.path.join(folder, name, "README.md"))
    config_file = os.path.join(folder, name, "adapter_config.json")
    with open(config_file) as file:
        said = json.load(file)
    said["base_model_name_or_path"] = "../base"
    with open(config_file, "w") as file:
        json.dump(said, file, indent=1, sort_keys=True)
        file.write("\n")
    return model


def each(use):
    with torch.no_grad():
        return [use(tokenizer(text, return_tensors="pt")) for text in texts]


labels = adapted("labels", BertForSequenceClassification.from_pretrained(base, num_labels=3), task_type="SEQ_CLS", r=2,
                 target_modules=["query", "value"])
expected["labels"] = each(lambda x: labels(**x).logits[0].tolist())
tags = adapted("tags", BertForTokenClassification.from_pretrained(base, num_labels=4), task_type="TOKEN_CLS", r=4, use_rslora=True,
               target_modules=["query", "key", "attention.output.dense", "intermediate.dense", "output.dense"])
expected["tags"] = each(lambda x: tags(**x).logits[0].softmax(-1).max(-1).values[1:-1].tolist())
vectors = adapted("vectors", BertModel.from_pretrained(base), task_type="FEATURE_EXTRACTION", r=3, target_modules=["value", "dense"])
expected["vectors"] = each(lambda x: torch.nn.functional.normalize(vectors(**x).last_hidden_state[0].mean(0), dim=0).tolist())
with open(os.path.join(folder, "expected.json"), "w") as file:
    json.dump(expected, file, indent=1)
    file.write("\n")
