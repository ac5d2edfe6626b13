"""Writes ../tables.txt: what Hugging Face tokenizers does to each code point.

    python tables.py > ../tables.txt

Neither Go's unicode package nor golang.org/x/text nor Python's unicodedata follows the version of
Unicode that the reference is built with, so each code point is put before the reference itself.
"""

import sys
import unicodedata

import tokenizers
from tokenizers import normalizers, pre_tokenizers


def bert(**flag):
    off = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    return normalizers.BertNormalizer(**{**off, **flag}).normalize_str


clean, chinese, strip, lower = (
    bert(clean_text=True), bert(handle_chinese_chars=True), bert(strip_accents=True), bert(lowercase=True))
nfd = normalizers.NFD().normalize_str
split = pre_tokenizers.BertPreTokenizer().pre_tokenize_str

# Bits of a code point's class; the combining class lies above them.
REMOVED, BECOMES_SPACE, CHINESE, SEPARATES, PUNCTUATION, MARK = 1, 2, 4, 8, 16, 32
CODE_POINTS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]


def flags(c):
    s, f = chr(c), 0
    cleaned, padded, pieces = clean(s), chinese(s), split("a" + s + "a")
    assert cleaned in ("", " ", s) and padded in (s, f" {s} ") and len(pieces) in (1, 2, 3), hex(c)
    if cleaned == "":
        f |= REMOVED
    elif cleaned == " ":
        f |= BECOMES_SPACE
    if padded != s:
        f |= CHINESE
    f |= (0, SEPARATES, PUNCTUATION)[len(pieces) - 1]
    if strip(s) == "" and nfd(s) != "":
        f |= MARK
    return f


# One mark for each combining class, found by Python's table and put in order by the reference.
samples = {}
for c in CODE_POINTS:
    k = unicodedata.combining(chr(c))
    if k and nfd(chr(c)) == chr(c) and nfd("\u0345" + chr(c)) != "\u0345" + chr(c):
        samples.setdefault(k, chr(c))
samples[240] = "\u0345"
order = sorted(samples)
for a, b in zip(order, order[1:]):
    assert nfd(samples[b] + samples[a]) == samples[a] + samples[b], (a, b)


def combining(c):
    """The combining class that the reference gives to c, found by how it is sorted among samples."""
    s = chr(c)
    if nfd(s) != s:
        return 0
    before = [nfd(samples[k] + s) != samples[k] + s for k in order]
    after = [nfd(s + samples[k]) != s + samples[k] for k in order]
    if not any(before) and not any(after):
        return 0
    same = [k for k, b, a in zip(order, before, after) if not b and not a]
    assert len(same) == 1, (hex(c), same)
    return same[0]


def hangul(c):
    i = c - 0xAC00
    parts = [0x1100 + i // 588, 0x1161 + i % 588 // 28]
    return "".join(map(chr, parts + ([0x11A7 + i % 28] if i % 28 else [])))


def wrap(words):
    line, lines = "", []
    for w in words:
        if len(line) + len(w) > 118:
            lines.append(line)
            line = ""
        line += (" " if line else "") + w
    return "\n".join(lines + [line])


runs, decompositions, lowercase = [], [], []
for c in CODE_POINTS:
    s = chr(c)
    # Only what Python or the reference sees as a mark can have a class.
    mark = c >= 0x300 and (unicodedata.category(s)[0] == "M" or unicodedata.combining(s) or flags(c) & MARK)
    f = flags(c) | (combining(c) << 8 if mark else 0)
    if runs and runs[-1][0] == f and c != 0xE000:
        runs[-1][1] += 1
    else:
        if c == 0xE000:
            runs.append([0, 0x800])
        runs.append([f, 1])
    d, l = nfd(s), lower(s)
    if 0xAC00 <= c < 0xAC00 + 11172:
        assert d == hangul(c), hex(c)
    elif d != s:
        decompositions.append(f"{c:x}=" + "+".join(f"{ord(x):x}" for x in d))
    assert strip(s) == "".join(x for x in d if not flags(ord(x)) & MARK), hex(c)
    if l != s:
        lowercase.append(f"{c:x}=" + "+".join(f"{ord(x):x}" for x in l))

print(f"""# What the reference does to each code point, in hexadecimal. Made by testdata/tables.py with tokenizers {tokenizers.__version__}, \
Python {sys.version.split()[0]}.

# Runs of code points from 0 on, length:class. Surrogates are a run of class 0.
{wrap(f"{n:x}:{f:x}" for f, n in runs)}

# Canonical decompositions in full, without the Hangul syllables, from=to+to.
{wrap(decompositions)}

# Lower-case forms, from=to+to.
{wrap(lowercase)}""")
print(f"{len(runs)} runs, {len(decompositions)} decompositions, {len(lowercase)} lower-case forms, "
      f"{len(order)} combining classes", file=sys.stderr)
