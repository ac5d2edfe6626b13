"""The texts and the vocabularies of the golden cases; all of them were written for this project."""

import random

SENTENCES = [
    "The quick gray heron waits by the river, patient and still.",
    "She said: \"It isn't the rain -- it's the wind!\" and laughed.",
    "We don't know, we do not know, they've gone; you're late, I'm here.",
    "Prices rose by 3.5% in 2021 (to $1,234.56), didn't they?",
    "Email a.b-c@example.com or see https://example.com/a_b?c=d#e",
    "Die Straße über den Fluß führt nach Köln; ÄÖÜ äöü.",
    "L'été, l'élève préféré s'est assis à côté du garçon naïf.",
    "El niño comió piñas en la montaña; ¿qué más? ¡Nada!",
    "Tiếng Việt có nhiều dấu: ngữ, ưở, ệ, ậ.",
    "Ο άνεμος φυσά: ΟΔΥΣΣΕΥΣ, ὀδός, ἄνθρωπος.",
    "Ветер и река: Ёжик, йод, объём.",
    "İstanbul'da ışık, IĞDIR, ığdır.",
    "中文和English混在一起。北京，上海！",
    "日本語のテキストと、カタカナ ガギグ と ｶﾞ。",
    "한국어 문장은 이렇다. 각 갂 닭",
    "हिन्दी में वाक्य क्षत्रिय। ไทยไม่มีช่องว่าง",
    "العربية: كِتَابٌ، مدرسة؟ שָׁלוֹם עולם",
    "emoji 👩‍👩‍👧‍👦 and 🇩🇪 flags ✈️ ☺ end",
    "zero\u200bwidth \ufeffbom soft\u00adhyphen nb\u00a0sp id\u3000eo line\u2028sep tab\tnew\nline\r\nend",
    "ctrl\x00nul \x07bell \x1b[0m esc \x7fdel \x85nel \ufffdrepl",
    "e\u0301 o\u0308\u0323 a\u0323\u0302 \u1e69 \u0344 Å \u212b ﬁ Ǆ ß ẞ",
    "   leading and   inner    spaces   ",
    "",
    " ",
    "\u0301",
    "[CLS] already [SEP] there [MASK] and [PAD] [UNK]",
    "[MASK][MASK]x[MASK]. [mask] [ MASK ] [MA SK]",
    "a[MASK]b [CLS][SEP] [SEP]",
    "supercalifragilistic" * 6,
    "aaaaaaaaaabbbbbbbbbbcccccccccc",
    "Plain lower case words only with nothing odd at all in them today",
]

ADDED_WORDS = [
    "<e> <E> <e><e> x<e>y  <e>  . <left>   <right>   <both>   z",
    "word <left> word<left>word  \t<left>\n word <right> word<right>  word",
    "wholeword Wholeword wholewords awholeword whole-wholeword-word (wholeword) _wholeword wholeword1 wholeword\u0301",
    "Café CAFÉ cafe café cafe\u0301 Cafés ca fé",
    "中文词 and 中文 词 与中文词。",
    "New York new york NEW  YORK newyork New\u00a0York",
    "<both> <both><both>   <both>\u3000<both>x <left><right> <right><left>",
    "<e>\ufffd<e>\x00<e> \u200b<e>\u200b",
    "longer <ee> <eee> <e e> [e] [E] İi [X] [x]",
]

INVALID = [
    b"bad \xff byte", b"cut \xe4\xb8", b"\xe4\xb8\xad\xe6 mid \xe6\x96 x", b"\xed\xa0\x80 surrogate", b"\xf0\x9f\x92 [MASK] \xc3",
    b"\xc0\xaf over \xf5\x80\x80\x80 long", b"a\x80b\xbfc", b"[MA\xffSK] <e>\xff<e> wholeword\xff",
]


def texts():
    return SENTENCES + ADDED_WORDS


def vocabulary(lower, prefix="##", size=420, seed=7):
    """Characters, beginnings and ends of the words above: small, and still with long pieces and unknown words."""
    draw = random.Random(seed)
    words = []
    for text in texts():
        words += ((text.lower() if lower else text).replace(",", " ").replace(".", " ")).split()
    letters = sorted({c for w in words for c in w if ord(c) < 0x2000 and c.isprintable()})
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    pieces += list(".,!?'\"-:;()$%#@/\\&=_[]<>")
    pieces += [c for c in letters if draw.random() < 0.8 and c not in pieces]
    pieces += ["中", "北", "京", "日", "ー", "ᄀ", "ᆨ", "한", "가"]
    pieces += [prefix + c for c in letters if draw.random() < 0.7]
    for w in sorted(set(words)):
        for n in {len(w), draw.randint(1, max(1, len(w)))}:
            pieces.append(w[:n])
            if draw.random() < 0.5 and len(w) > n:
                pieces.append(prefix + w[n:])
    pieces = list(dict.fromkeys(p for p in pieces if p.strip() == p and p and "\ufffd" not in p and p.isprintable()))
    return pieces[:5] + draw.sample(pieces[5:], min(size, len(pieces) - 5))
