"""formats.py SOURCE TARGET CLASS: the reference writes the model of SOURCE in every format it knows, a folder of TARGET each."""
import json, pathlib, shutil, sys

import torch, transformers

transformers.utils.logging.disable_progress_bar()
source, target = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
model = getattr(transformers, sys.argv[3]).from_pretrained(source)


def folder(name):
    (target / name).mkdir(parents=True)
    shutil.copy(source / "config.json", target / name)
    return target / name


model.save_pretrained(target / "single")
model.save_pretrained(target / "sharded", max_shard_size="40KB")
model.to(torch.bfloat16).save_pretrained(target / "bf16")
model = model.__class__.from_pretrained(source)
torch.save(model.state_dict(), folder("bin") / "pytorch_model.bin")
torch.save(model.state_dict(), folder("legacy") / "pytorch_model.bin", _use_new_zipfile_serialization=False)
shards, home = folder("sharded_bin"), {}
names = list(model.state_dict())
for i in range(3):
    file = f"pytorch_model-{i + 1:05d}-of-00003.bin"
    torch.save({n: model.state_dict()[n] for n in names[i::3]}, shards / file)
    home.update(dict.fromkeys(names[i::3], file))
(shards / "pytorch_model.bin.index.json").write_text(json.dumps(dict(metadata=dict(total_size=0), weight_map=home)))
