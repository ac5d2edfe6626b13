"""Golden statistics of dropout: a training step's loss and gradients over many draws of the masks.

    ref/bin/python testdata/make_golden_dropout.py testdata/golden testdata/golden_finetune testdata/golden_dropout

No two programs draw the same masks, so that a step with dropout can be compared in distribution only. For each head, from its
golden weights and the first batch of its golden steps, and for each set of rates (hidden, attention, classifier; each alone,
then together): mean and standard deviation over the draws of the loss, and of the norm of each parameter's gradient.
Writes <head>.json: {"<hidden> <attention> <classifier>": {"draws": n, "loss": [mean, deviation], "<parameter>": [...]}}.
"""
import json, pathlib, sys

import safetensors.torch, torch, transformers

DRAWS = 4000
RATES = (0.2, 0, 0), (0, 0.3, 0), (0, 0, 0.25), (0.2, 0.3, 0.25)
CASES = {
    "sequence_single": "BertForSequenceClassification",
    "token": "BertForTokenClassification",
    "choice": "BertForMultipleChoice",
}


def measure(folder, cls, batch, rates):
    hidden, attention, classifier = rates
    torch.manual_seed(1)
    model = getattr(transformers, cls).from_pretrained(folder, attn_implementation="sdpa", hidden_dropout_prob=hidden,
                                                       attention_probs_dropout_prob=attention, classifier_dropout=classifier).train()
    shape = (lambda x: x.view(x.shape[0] // 2, 2, -1)) if cls == "BertForMultipleChoice" else lambda x: x
    inputs = dict(input_ids=shape(batch["0.ids"]), token_type_ids=shape(batch["0.types"]), attention_mask=shape(batch["0.mask"]))
    names, values = ["loss"] + [n for n, _ in model.named_parameters()], []
    for _ in range(DRAWS):
        model.zero_grad()
        loss = model(**inputs, labels=batch["0.labels"]).loss
        loss.backward()
        values.append(torch.stack([loss.detach()] + [p.grad.norm() for p in model.parameters()]))
    values = torch.stack(values).double()
    return dict(draws=DRAWS, **{n: [float(f"{x:.6g}") for x in (v.mean(), v.std())] for n, v in zip(names, values.T)})


golden, steps, target = map(pathlib.Path, sys.argv[1:4])
target.mkdir(parents=True, exist_ok=True)
torch.set_num_threads(1)
for name, cls in CASES.items():
    batch = safetensors.torch.load_file(steps / f"{name}.safetensors")
    out = {" ".join(map(str, rates)): measure(golden / name, cls, batch, rates) for rates in RATES}
    (target / f"{name}.json").write_text(json.dumps(out, indent=1) + "\n")
(target / "versions.json").write_text(json.dumps(dict(torch=torch.__version__, transformers=transformers.__version__), indent=2) + "\n")
