"""Writes the golden files of this folder with the reference implementation.

Versions used: safetensors 0.8.0, torch 2.11.0, huggingface_hub 1.33.0.
Run inside this folder: python generate.py
"""
import json

import torch
from huggingface_hub import split_torch_state_dict_into_shards
from safetensors.torch import save_file

torch.manual_seed(1)
ones = lambda dtype: (torch.arange(6).reshape(2, 3) % 2).to(dtype)
names = {
    "BOOL": torch.bool, "U8": torch.uint8, "I8": torch.int8, "I16": torch.int16, "I32": torch.int32,
    "I64": torch.int64, "F16": torch.float16, "BF16": torch.bfloat16, "F32": torch.float32,
    "F64": torch.float64, "F8_E5M2": torch.float8_e5m2, "F8_E4M3": torch.float8_e4m3fn,
    "U16": torch.uint16, "U32": torch.uint32, "U64": torch.uint64, "C64": torch.complex64,
}
tensors = {"of." + name: ones(torch.float32).to(dtype) for name, dtype in names.items()}
tensors |= {"z": torch.randn(3, 4), "a": torch.randn(5), "scalar": torch.tensor(2.5), "empty": torch.zeros(0, 7)}
tensors['name with "quotes", \\ <tags> & \u00e4\u4e2d\n'] = torch.ones(1, dtype=torch.int8)
save_file(tensors, "types.safetensors", {"format": "pt"})

model = {f"layer.{i}.weight": torch.full((n,), float(i)) for i, n in enumerate([6, 6, 2, 6, 2, 20, 2])}
split = split_torch_state_dict_into_shards(model, filename_pattern="model{suffix}.safetensors", max_shard_size=40)
for name, keys in split.filename_to_tensors.items():
    save_file({key: model[key] for key in keys}, "sharded/" + name, {"format": "pt"})
metadata = {"total_parameters": sum(t.numel() for t in model.values()), **split.metadata}
with open("sharded/model.safetensors.index.json", "w") as f:
    f.write(json.dumps({"metadata": metadata, "weight_map": split.tensor_to_filename}, indent=2, sort_keys=True) + "\n")
