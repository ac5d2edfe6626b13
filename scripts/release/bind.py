"""Bind a library's references to its own symbols, which the loader else looks up by name each time a program starts.

usage: bind.py PROGRAM LIBRARY FOLDER

LIBRARY is in FOLDER, and so is what PROGRAM needs but the system's. LibTorch refers 85,000 times to symbols that it defines itself, so
that another library may come first with one of that name; in a folder whose programs and libraries are all known, nobody does, or the
reference stays as it is. Where it was bound, the address is written down, relative to where the library is loaded, as the linker's
-Bsymbolic does.
"""

import mmap
import struct
import sys
from pathlib import Path

SYMBOL = struct.Struct("<IBBHQQ")  # name, binding and type, visibility, section, value, size
RELOCATION = struct.Struct("<QQq")  # place, symbol and kind, addend
DYNAMIC = struct.Struct("<qQ")
SECTION = struct.Struct("<IIQQQQIIQQ")
RELACOUNT, NEEDED = 0x6FFFFFF9, 1
FUNCTION, OBJECT = 2, 1
GLOBAL, WEAK = 1, 2
# Of a machine's relocations: an address plus an addend, an address alone, relative to where the library is.
KINDS = {62: (1, 6, 8), 183: (257, 1025, 1027)}


class Library:
    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
        if self.data[:6] != b"\x7fELF\x02\x01":
            sys.exit(f"bind: {path} is no 64-bit ELF file")
        self.machine = struct.unpack_from("<H", self.data, 18)[0]
        (table,) = struct.unpack_from("<Q", self.data, 40)
        size, count, names = struct.unpack_from("<HHH", self.data, 58)
        sections = [SECTION.unpack_from(self.data, table + i * size) for i in range(count)]
        self.sections = {self.text(sections[names][4] + s[0]): s for s in sections}

    def text(self, at):
        return self.data[at : self.data.find(b"\0", at)].decode()

    def entries(self, section, form):
        _, _, _, _, offset, size, *_ = self.sections[section]
        return form.iter_unpack(self.data[offset : offset + size])

    def name(self, symbol):
        return self.text(self.sections[".dynstr"][4] + symbol[0])

    def needed(self):
        return [self.text(self.sections[".dynstr"][4] + value) for tag, value in self.entries(".dynamic", DYNAMIC) if tag == NEEDED]

    def defines(self):
        """The names that others find here: a program's functions whose address it takes have one without a section."""
        return {self.name(s) for s in self.entries(".dynsym", SYMBOL) if s[4] and s[1] >> 4}


def before(program, library, folder):
    """What the loader asks for a name before the library: the program, and what is needed breadth first."""
    queue, seen = [program], set()
    while queue:
        path = queue.pop(0)
        if path == library:
            return
        found = Library(path)
        yield found
        for name in found.needed():
            if name not in seen and (folder / name).exists():
                queue.append(folder / name)
            seen.add(name)
    sys.exit(f"bind: {program} does not need {library}")


def main(program, library, folder):
    lib = Library(library)
    absolute, slot, relative = KINDS[lib.machine]
    others = set().union(*(other.defines() for other in before(program, library, folder)))
    symbols = list(lib.entries(".dynsym", SYMBOL))
    # Unique symbols are one in a process whatever happens; those of threads and those chosen at run time have no address.
    own = {
        i: s[4]
        for i, s in enumerate(symbols)
        if s[3] and s[1] & 15 in (OBJECT, FUNCTION) and s[1] >> 4 in (GLOBAL, WEAK) and lib.name(s) not in others
    }
    bound, rest = [], []
    for place, info, addend in lib.entries(".rela.dyn", RELOCATION):
        symbol, kind = info >> 32, info & 0xFFFFFFFF
        if kind == relative:
            bound.append((place, info, addend))
        elif kind in (absolute, slot) and symbol in own:
            bound.append((place, relative, own[symbol] + (addend if kind == absolute else 0)))
        else:
            rest.append((place, info, addend))
    out = b"".join(RELOCATION.pack(*r) for r in bound + rest)
    at = lib.sections[".rela.dyn"][4]
    lib.data[at : at + len(out)] = out
    at = lib.sections[".dynamic"][4]
    for i, (tag, _) in enumerate(lib.entries(".dynamic", DYNAMIC)):
        if tag == RELACOUNT:
            DYNAMIC.pack_into(lib.data, at + i * DYNAMIC.size, tag, len(bound))
    library.write_bytes(lib.data[:])


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*map(Path, sys.argv[1:]))
