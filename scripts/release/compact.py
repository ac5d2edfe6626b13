"""Leave out of ELF libraries the pages that nothing uses.

usage: compact.py LIBRARY...

A library whose run path or needed names were changed has its tables copied to its end, and zeros where they were: 6 MB of
libtorch_cpu.so. A segment that the loader maps becomes two, around such a hole; addresses stay as they are, only places in the
file move, so that neither code nor relocations change. Sections say what is used; a hole must be zeros, too.
"""

import struct
import sys

PAGE = 0x1000
WORTH = 16 * PAGE
LOAD, NOBITS = 1, 8
HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
SEGMENT = struct.Struct("<IIQQQQQQ")  # type, flags, offset, address, physical, size in the file, in memory, alignment
SECTION = struct.Struct("<IIQQQQIIQQ")  # name, type, flags, address, offset, size, ...


def holes(data, segments, sections):
    """The ranges of the file, whole pages, that lie in a segment and in no section."""
    used = sorted((s[4], s[4] + s[5]) for s in sections if s[1] != NOBITS)
    for kind, _, offset, _, _, size, _, alignment in segments:
        if kind != LOAD or alignment > PAGE:
            continue
        at = offset + PAGE if offset == 0 else offset  # the file's header and the segments' stay
        for begin, end in used + [(offset + size, offset + size)]:
            if begin >= offset + size:
                begin = end = offset + size
            first, last = -(-at // PAGE) * PAGE, begin // PAGE * PAGE
            if last - first >= WORTH and not any(data[first:last]):
                yield first, last
            at = max(at, end)


def compact(path):
    with open(path, "rb") as file:
        data = file.read()
    head = list(HEADER.unpack_from(data))
    if head[0][:6] != b"\x7fELF\x02\x01":
        sys.exit(f"compact: {path} is no 64-bit ELF file")
    segments = [SEGMENT.unpack_from(data, head[5] + i * SEGMENT.size) for i in range(head[10])]
    sections = [SECTION.unpack_from(data, head[6] + i * SECTION.size) for i in range(head[12])]
    gaps = sorted(holes(data, segments, sections))
    first = min((s[4] for s in sections if s[5] and s[1] != NOBITS), default=len(data))
    if not gaps or head[5] + (len(segments) + len(gaps)) * SEGMENT.size > min(first, PAGE):
        return

    def moved(offset):
        return offset - sum(end - begin for begin, end in gaps if end <= offset)

    parts = []
    for kind, flags, offset, address, physical, size, memory, alignment in segments:
        begin, rest = offset, size
        for gap, end in gaps if kind == LOAD else []:
            if not offset <= gap < offset + size:
                continue
            if gap > begin:
                shift = begin - offset
                parts.append((kind, flags, moved(begin), address + shift, physical + shift, gap - begin, gap - begin, alignment))
            begin, rest = end, offset + size - end
        shift = begin - offset
        if rest or not shift:
            parts.append((kind, flags, moved(begin), address + shift, physical + shift, rest, memory - shift, alignment))
    head[6], head[10] = moved(head[6]), len(parts)
    out, at = bytearray(), 0
    for begin, end in gaps:
        out += data[at:begin]
        at = end
    out += data[at:]
    HEADER.pack_into(out, 0, *head)
    for i, part in enumerate(parts):
        SEGMENT.pack_into(out, head[5] + i * SEGMENT.size, *part)
    for i, section in enumerate(sections):
        SECTION.pack_into(out, head[6] + i * SECTION.size, *section[:4], moved(section[4]), *section[5:])
    with open(path, "wb") as file:
        file.write(out)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for name in sys.argv[1:]:
        compact(name)
