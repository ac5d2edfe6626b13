"""Complete the list of a release's parts (CycloneDX) by what Go does not know: LibTorch and its companions.

usage: sbom.py GO.json VERSION SECONDS COMPILER MACHINE PINNED
       the list of Go's modules, the release's version, the commit's time, the compiler's version, x86_64 or aarch64, the installer's list

Prints JSON that depends on its arguments alone.
"""

import datetime
import json
import re
import sys

GPL = "GPL-3.0-or-later WITH GCC-exception-3.1"
LICENCES = {"torch": "BSD-3-Clause"}  # of the installer's packages, what is in the archive
# What the wheel of torch brings beside LibTorch: name, version as the library says it, licence.
BROUGHT = {
    "x86_64": [("libgomp", "1", GPL)],
    "aarch64": [
        ("libgomp", "1", GPL),
        ("arm_compute", "52.6.0", "MIT"),
        ("nvpl_blas", "0.3.0", "LicenseRef-NVIDIA-Software-License-Agreement"),
        ("nvpl_lapack", "0.2.3", "LicenseRef-NVIDIA-Software-License-Agreement"),
    ],
}


def pinned(path):
    """The packages and versions that the installer's list pins."""
    with open(path, encoding="utf-8") as file:
        return re.findall(r"^([\w-]+)==([\w.]+)", file.read(), re.MULTILINE)


def part(name, version, licence, purl):
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl, "licenses": [{"expression": licence}]}


def named(component):
    """A module that multicall.py left parts out of is called by its folder there: give it its name and its version back."""
    folder = "./bin/_multicall/plot"
    if component["name"] == folder:
        with open("go.mod", encoding="utf-8") as file:
            module, version = re.search(r"^\s(gonum\.org/v1/plot) (\S+)$", file.read(), re.MULTILINE).groups()
        text = json.dumps(component).replace(folder, module).replace("(devel)", version)
        return json.loads(text)
    return component


def main(path, version, seconds, compiler, machine, requirements):
    with open(path, encoding="utf-8") as file:
        bom = json.load(file)
    meta = bom.setdefault("metadata", {})
    meta["timestamp"] = datetime.datetime.fromtimestamp(int(seconds), datetime.timezone.utc).isoformat()
    meta["component"] = {"type": "application", "name": "gobert", "version": version, "bom-ref": "gobert"}
    for tool in meta.get("tools", []):
        tool.pop("hashes", None)  # of the program that listed the modules: it is not what is listed
    parts = [part(name, v, LICENCES[name], f"pkg:pypi/{name}@{v}") for name, v in pinned(requirements) if name in LICENCES]
    parts += [part(name, compiler, GPL, f"pkg:generic/gcc/{name}@{compiler}") for name in ("libstdc++", "libgcc")]
    parts += [part(name, v, licence, f"pkg:generic/{name}@{v}") for name, v, licence in BROUGHT[machine]]
    bom["components"] = [named(c) for c in bom.get("components", [])] + parts
    json.dump(bom, sys.stdout, indent=1, sort_keys=True)
    print()


if __name__ == "__main__":
    if len(sys.argv) != 7:
        sys.exit(__doc__)
    main(*sys.argv[1:])
