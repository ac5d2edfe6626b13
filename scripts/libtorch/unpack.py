"""Take the parts of a LibTorch out of wheels, or out of an installed Python, and check each one.

usage: unpack.py cpu|cuda DEST SOURCE...

SOURCE is a wheel or a site-packages folder. Headers go to DEST/include, licences to DEST/licences/PACKAGE
and libraries, flat, to DEST/lib, where every library finds the others by its own run path ($ORIGIN). Each file's sha256
is compared with the RECORD list of the package it came from. Python 3.8 and later, no packages.
"""

import base64
import csv
import fnmatch
import hashlib
import io
import os
import re
import sys
import zipfile
from pathlib import Path

CHUNK = 1 << 20

# What a machine without an NVIDIA GPU never loads. libtorch.so is empty but for its need of
# libtorch_cuda.so.
CPU_DROPS = ("libtorch.so", "libtorch_cuda*", "libc10_cuda*", "libcaffe2_nvrtc*", "*nvshmem*")
# Python's own side of torch, and second copies of CUDA libraries.
ALWAYS_DROPS = ("libtorch_python*", "libshm*", "libtorch_global_deps*", "*.alt.so*")
# Of CUDA, libtorch_cpu.so itself names these two.
CPU_NEEDS_OF_CUDA = ("libcudart.so*", "libcupti.so*")
# Under which terms a package comes: in its metadata, in a folder of their own or beside the rest.
LICENCES = re.compile(r"(torch|nvidia_\w+)-[^/]*\.dist-info/(?:licenses/)?((?:.*/)?(?:LICEN[CS]E|NOTICE)[^/]*)", re.IGNORECASE)


def matches(name, patterns):
    return any(fnmatch.fnmatch(name, p) for p in patterns)


def destination(path, variant):
    """The place under DEST of a file of a package, or None when it is not needed."""
    if path.startswith("torch/include/"):
        return path[len("torch/") :]
    if terms := LICENCES.fullmatch(path):
        return "licences/" + "/".join(terms.groups())
    folder, name = os.path.split(path)
    if ".so" not in name or matches(name, ALWAYS_DROPS):
        return None
    if folder in ("torch/lib", "torch.libs"):
        dropped = variant == "cpu" and matches(name, CPU_DROPS)
    elif folder.startswith("nvidia/") and folder.endswith("/lib"):
        dropped = variant == "cpu" and not matches(name, CPU_NEEDS_OF_CUDA)
    else:
        return None
    return None if dropped else "lib/" + name


class Wheel:
    """A package as a zip file."""

    def __init__(self, path):
        self.name = os.path.basename(path)
        self.zip = zipfile.ZipFile(path)

    def records(self):
        for name in self.zip.namelist():
            if name.endswith(".dist-info/RECORD"):
                yield self.zip.read(name).decode()

    def open(self, path):
        return self.zip.open(path)

    def link(self, path, target):
        return False


class SitePackages:
    """Packages as an installed Python holds them."""

    def __init__(self, path):
        self.name = path
        self.root = Path(path)

    def records(self):
        for pattern in ("torch-*", "nvidia_*"):
            for record in sorted(self.root.glob(pattern + ".dist-info/RECORD")):
                yield record.read_text()

    def open(self, path):
        return open(self.root / path, "rb")

    def link(self, path, target):
        """A hard link costs no space and outlives that Python; elsewhere a copy is made."""
        try:
            os.link((self.root / path).resolve(), target)
        except OSError:
            return False
        return True


class Bar:
    """A progress bar on a terminal, silent elsewhere."""

    def __init__(self, total):
        self.total, self.done, self.shown = total, 0, -1

    def add(self, size):
        self.done += size
        percent = self.done * 100 // max(self.total, 1)
        if percent != self.shown and sys.stderr.isatty():
            self.shown = percent
            filled = "#" * (percent * 30 // 100)
            end = "\n" if percent >= 100 else ""
            megabytes = self.total // 1_000_000
            sys.stderr.write(f"\r  unpacking [{filled:30}] {percent:3}% of {megabytes} MB{end}")
            sys.stderr.flush()


def wanted(source, variant):
    """The files to take from a source: (path, place under DEST, RECORD's hash, size)."""
    for record in source.records():
        for row in csv.reader(io.StringIO(record)):
            place = destination(row[0], variant)
            if place is not None:
                yield row[0], place, row[1], int(row[2] or 0)


def take(source, path, target, want, bar):
    """Bring one file and check it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    linked = source.link(path, target)
    digest = hashlib.sha256()
    with source.open(path) as src, open(os.devnull if linked else target, "wb") as dst:
        while chunk := src.read(CHUNK):
            digest.update(chunk)
            dst.write(chunk)
            bar.add(len(chunk))
    got = "sha256=" + base64.urlsafe_b64encode(digest.digest()).rstrip(b"=").decode()
    if got != want:
        sys.exit(f"{source.name}: {path} is damaged: its list says {want}, the file has {got}")


def main(variant, dest, *paths):
    sources = [SitePackages(p) if os.path.isdir(p) else Wheel(p) for p in paths]
    files = [(s, *f) for s in sources for f in wanted(s, variant)]
    bar = Bar(sum(size for *_, size in files))
    for source, path, place, want, _ in files:
        take(source, path, Path(dest) / place, want, bar)
    if not (Path(dest) / "lib/libtorch_cpu.so").exists():
        sys.exit(f"{', '.join(s.name for s in sources)}: no torch/lib/libtorch_cpu.so inside")


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except (OSError, zipfile.BadZipFile, KeyError) as err:
        sys.exit(f"unpacking {', '.join(sys.argv[3:])}: {err}")
