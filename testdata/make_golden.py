"""Golden files for the model: inputs, outputs, losses and gradients of the reference.

    python -m venv ref && ref/bin/pip install torch==2.11.0 transformers==5.17.0 safetensors numpy
    ref/bin/python testdata/make_golden.py testdata/golden
    ref/bin/python testdata/make_golden.py /tmp/large --large   # then GOBERT_GOLDEN=/tmp/large go test ./bert ./heads

Each case is a folder: config.json and model.safetensors as `save_pretrained` writes them, and golden.safetensors with
the inputs ("in.*"), the outputs ("out.*") and the gradient of every parameter ("grad.*"). Versions are in versions.json.
Weights are random with a deviation of 0.3, so that every path matters, and dropout is off. In wide models it is 0.05, about
that of trained ones: with 0.3 their layers amplify rounding until the reference's own ways to compute attention differ.
"""
import copy, json, pathlib, shutil, sys

import numpy, safetensors.torch, torch, transformers
from transformers import (BertConfig, BertForMaskedLM, BertForMultipleChoice, BertForNextSentencePrediction, BertForPreTraining,
                          BertForQuestionAnswering, BertForSequenceClassification, BertForTokenClassification, BertModel)

CLASSES = {c.__name__: c for c in (BertForMaskedLM, BertForMultipleChoice, BertForNextSentencePrediction, BertForPreTraining,
                                   BertForQuestionAnswering, BertForSequenceClassification, BertForTokenClassification, BertModel)}

SMALL = dict(vocab_size=67, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64, max_position_embeddings=24)


def case(name, cls, lengths, left=False, labels=None, **config):
    return dict(name=name, cls=cls, lengths=lengths, left=left, labels=labels, config={**SMALL, **config})


CASES = [
    case("model_ragged", "BertModel", [7, 3, 11, 1]),
    case("model_left_padded", "BertModel", [4, 9, 6], left=True),
    case("model_one_token", "BertModel", [1]),
    case("model_one_layer_odd_width", "BertModel", [5, 8], num_hidden_layers=1, hidden_size=36, num_attention_heads=3, intermediate_size=50),
    case("model_one_type", "BertModel", [6, 2], type_vocab_size=1, layer_norm_eps=1e-5),
    case("model_three_types", "BertModel", [6, 2], type_vocab_size=3, pad_token_id=5),
    *[case("model_" + act, "BertModel", [5, 9], hidden_act=act, num_hidden_layers=1)
      for act in ("gelu_new", "gelu_pytorch_tanh", "relu", "silu", "tanh", "gelu_fast", "quick_gelu")],
    case("pretraining", "BertForPreTraining", [12, 5, 9], vocab_size=101),
    case("masked_lm", "BertForMaskedLM", [12, 5, 9], hidden_act="gelu_new"),
    case("next_sentence", "BertForNextSentencePrediction", [4, 12, 9]),
    case("sequence_single", "BertForSequenceClassification", [4, 7, 2], num_labels=3, labels="single"),
    case("sequence_multi", "BertForSequenceClassification", [4, 7, 2], num_labels=4, labels="multi", problem_type="multi_label_classification"),
    case("sequence_regression", "BertForSequenceClassification", [4, 7, 2], num_labels=1, labels="regression"),
    case("token", "BertForTokenClassification", [6, 3, 8], num_labels=5),
    case("span", "BertForQuestionAnswering", [9, 9, 9]),
    case("span_ragged", "BertForQuestionAnswering", [9, 4, 6]),
    case("choice", "BertForMultipleChoice", [7, 4, 6, 9, 3, 8]),
    case("model_long", "BertModel", [512, 200], hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=24, max_position_embeddings=512),
]

# Made on demand, too large to be committed: the vocabularies and shapes of published models.
LARGE = [
    case("model_uncased", "BertModel", [512, 77, 300], vocab_size=30522, hidden_size=256, num_hidden_layers=4, num_attention_heads=4, intermediate_size=1024, max_position_embeddings=512),
    case("model_cased", "BertModel", [128, 5], vocab_size=28996, hidden_size=128, num_attention_heads=2, intermediate_size=512, max_position_embeddings=512, layer_norm_eps=1e-5),
    case("pretraining", "BertForPreTraining", [128, 60], vocab_size=30522, hidden_size=128, num_attention_heads=2, intermediate_size=512, max_position_embeddings=512),
]


def targets(cls, ids, mask, kind, config, g):
    """The labels that a class takes, as keyword arguments."""
    b, t = ids.shape
    draw = lambda high, *shape: torch.randint(0, high, shape, generator=g)
    masked = torch.where((torch.rand(b, t, generator=g) < 0.4) & (mask > 0), ids, -100)
    masked[0, mask[0].argmax()] = ids[0, mask[0].argmax()]
    return {
        "BertModel": {},
        "BertForPreTraining": dict(labels=masked, next_sentence_label=draw(2, b)),
        "BertForMaskedLM": dict(labels=masked),
        "BertForNextSentencePrediction": dict(labels=draw(2, b)),
        "BertForSequenceClassification": dict(labels=dict(
            single=lambda: draw(config.num_labels, b), multi=lambda: draw(2, b, config.num_labels).float(),
            regression=lambda: torch.randn(b, generator=g)).get(kind, lambda: None)()),
        "BertForTokenClassification": dict(labels=torch.where((torch.rand(b, t, generator=g) < 0.8) & (mask > 0), draw(config.num_labels, b, t), -100)),
        "BertForQuestionAnswering": dict(start_positions=draw(t, b), end_positions=torch.tensor([t, *draw(t, b - 1).tolist()])),
        "BertForMultipleChoice": dict(labels=draw(2, b // 2)),
    }[cls]


def write(folder, c):
    torch.manual_seed(len(c["name"]) * 7919 + sum(map(ord, c["name"])))
    g = torch.Generator().manual_seed(sum(map(ord, c["name"])))
    config = BertConfig(hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, **c["config"])
    config._attn_implementation = "eager"
    model = CLASSES[c["cls"]](config).train()
    deviation = 0.3 if config.hidden_size < 64 else 0.05
    with torch.no_grad():
        for name, p in model.named_parameters():
            p.copy_(torch.randn(p.shape, generator=g) * deviation + (1.0 if "LayerNorm.weight" in name else 0.0))
    model.tie_weights()

    b, t = len(c["lengths"]), max(c["lengths"])
    ids = torch.randint(0, config.vocab_size, (b, t), generator=g)
    types = torch.randint(0, config.type_vocab_size, (b, t), generator=g)
    mask = torch.zeros(b, t, dtype=torch.long)
    for row, n in enumerate(c["lengths"]):
        mask[row, t - n:] = 1 if c["left"] else mask[row, t - n:]
        if not c["left"]:
            mask[row, :n] = 1
    labels = targets(c["cls"], ids, mask, c["labels"], config, g)
    if c["name"] == "span_ragged":
        labels = {key: value % mask.sum(1) for key, value in labels.items()}
    shape = (lambda x: x.view(-1, 2, t)) if c["cls"] == "BertForMultipleChoice" else (lambda x: x)
    out = model(input_ids=shape(ids), attention_mask=shape(mask), token_type_ids=shape(types), output_hidden_states=True, output_attentions=True, **labels)

    golden = {"in.ids": ids, "in.mask": mask, "in.types": types}
    golden.update({"in." + k: v for k, v in labels.items()})
    for key in ("last_hidden_state", "pooler_output", "loss", "logits", "prediction_logits", "seq_relationship_logits", "start_logits", "end_logits"):
        if out.get(key) is not None:
            golden["out." + key] = out[key].detach()
    for i, h in enumerate(out.hidden_states):
        golden[f"out.hidden.{i}"] = h.detach()
    for i, a in enumerate(out.attentions):
        if t < 100:  # [B,A,T,T] of long sequences is large
            golden[f"out.attention.{i}"] = a.detach()
    if c["cls"] == "BertModel":
        # A loss of our own: a fixed weighting of the real tokens' last states and of the pooled ones.
        golden["in.weight_last"] = torch.randn(out.last_hidden_state.shape, generator=g) * mask[:, :, None]
        # With padding on the left the reference pools a padding token, which a packed batch does not have: left out there.
        golden["in.weight_pooled"] = torch.randn(out.pooler_output.shape, generator=g) * mask[:, :1]
        loss = (out.last_hidden_state * golden["in.weight_last"]).sum() + (out.pooler_output * golden["in.weight_pooled"]).sum()
        golden["out.loss"] = loss.detach()
    else:
        loss = out.loss
    if c["name"] == "span_ragged":
        # The reference's softmax takes in the padding of a batch. A packed batch has none: each sequence counts as it does alone.
        loss = sum(model(input_ids=ids[i:i + 1, :n], token_type_ids=types[i:i + 1, :n], start_positions=labels["start_positions"][i:i + 1],
                         end_positions=labels["end_positions"][i:i + 1]).loss for i, n in enumerate(c["lengths"])) / b
        golden["out.padded_loss"], golden["out.loss"] = out.loss.detach(), loss.detach()
    loss.backward()
    golden.update({"grad." + n: p.grad for n, p in model.named_parameters() if p.grad is not None})

    # How far the reference itself moves in bfloat16: by autocast, and with all weights in that type.
    inputs = dict(input_ids=shape(ids), attention_mask=shape(mask), token_type_ids=shape(types), output_hidden_states=True)
    with torch.no_grad():
        with torch.autocast("cpu", torch.bfloat16):
            golden["bf16.autocast"] = model(**inputs).hidden_states[-1].float()
        golden["bf16.weights"] = copy.deepcopy(model).bfloat16()(**inputs).hidden_states[-1].float()

    target = folder / c["name"]
    shutil.rmtree(target, ignore_errors=True)
    model.save_pretrained(target)
    (target / "generation_config.json").unlink(missing_ok=True)
    safetensors.torch.save_file({k: v.clone().contiguous() for k, v in golden.items()}, target / "golden.safetensors")


torch.set_num_threads(2)  # the last bits of sums depend on it
folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
for c in LARGE if "--large" in sys.argv else CASES:
    write(folder, c)
(folder / "versions.json").write_text(json.dumps(dict(torch=torch.__version__, transformers=transformers.__version__,
                                                      safetensors=safetensors.__version__, numpy=numpy.__version__), indent=2) + "\n")
