"""Writes the golden files of this folder with torch.save, and what they hold as safetensors.

Versions used: torch 2.11.0, safetensors 0.8.0.
Run inside this folder: python generate.py
"""
import collections
import zipfile

import torch
from safetensors.torch import save_file

torch.manual_seed(1)
flat = torch.randn(30)
state = collections.OrderedDict(
    {
        "float": torch.randn(3, 4),
        "half": torch.randn(5).half(),
        "bfloat16": torch.randn(2, 2).bfloat16(),
        "double": torch.randn(2).double(),
        "long": torch.arange(4) - 2,
        "int": torch.arange(3).int(),
        "short": torch.arange(3).short(),
        "char": torch.arange(3).char(),
        "byte": torch.arange(3).byte(),
        "bool": torch.tensor([True, False]),
        "scalar": torch.tensor(2.5),
        "empty": torch.zeros(0, 3),
        "window": flat[6:18].view(3, 4),
        "transposed": flat[:12].view(3, 4).t(),
        "expanded": torch.randn(3, 1).expand(3, 2),
        "parameter": torch.nn.Parameter(torch.randn(2)),
        "tied": torch.randn(4, 2),
    }
)
state["tied.again"] = state["tied"]
state._metadata = collections.OrderedDict({"": {"version": 1}})
save_file({k: v.detach().clone().contiguous() for k, v in state.items()}, "expected.safetensors")
torch.save(state, "zip.bin")
torch.save(state, "legacy.bin", _use_new_zipfile_serialization=False)
torch.save(dict(state), "protocol4.bin", pickle_protocol=4)
torch.save({"epoch": 3, "lr": 0.5, "state_dict": state}, "nested.bin")
torch.save({**state, "unsigned": torch.arange(3).to(torch.uint16)}, "v3.bin")
with zipfile.ZipFile("zip.bin") as stored, zipfile.ZipFile("deflated.bin", "w", zipfile.ZIP_DEFLATED) as packed:
    for entry in stored.infolist():
        packed.writestr(entry.filename, stored.read(entry))


class Call:
    def __reduce__(self):
        return print, ("you have been owned",)


torch.save({"weight": Call()}, "hostile.bin")
