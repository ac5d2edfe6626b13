package wordpiece

import (
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode/utf8"
)

// plainTexts are sentences of our own in the scripts that BERT's vocabularies cover.
var plainTexts = []string{
	"",
	" ",
	"The cat sat on the mat, and the dog didn't mind.",
	"In 1984 she paid $12.50 (about 11 euros) for a book; it's still unread!",
	"UNBELIEVABLE: re-uploading e-mails to node-7 took 3.5e-2 seconds...",
	"caf\u00e9 na\u00efve r\u00e9sum\u00e9 co\u00f6perate \u00c5ngstr\u00f6m \u0152uvre stra\u00dfe",
	"cafe\u0301 nai\u0308ve re\u0301sume\u0301 A\u030angstro\u0308m",
	"El ni\u00f1o comi\u00f3 pi\u00f1as; \u00bfd\u00f3nde est\u00e1 la se\u00f1ora? \u00a1Aqu\u00ed!",
	"T\u00f4i s\u1ed1ng \u1edf H\u00e0 N\u1ed9i v\u00e0 n\u00f3i ti\u1ebfng Vi\u1ec7t.",
	"\u0391\u03c5\u03c4\u03cc \u03b5\u03af\u03bd\u03b1\u03b9 \u03ad\u03bd\u03b1 \u03bc\u03b9\u03ba\u03c1\u03cc \u03c3\u03c0\u03af\u03c4\u03b9. \u039f\u0394\u039f\u03a3 \u1f08\u03c1\u03c7\u03ae",
	"\u041a\u043e\u0448\u043a\u0430 \u0441\u0438\u0434\u0438\u0442 \u043d\u0430 \u043e\u043a\u043d\u0435, \u0430 \u0401\u0436\u0438\u043a \u0441\u043f\u0438\u0442. \u0419\u043e\u0433\u0443\u0440\u0442!",
	"\u732b\u5750\u5728\u7a97\u53f0\u4e0a\uff0c\u770b\u7740\u5916\u9762\u7684\u96e8\u3002\u4ed6\u8bf4\uff1a\u201c\u4f60\u597d\uff01\u201dabc123\u4e2d\u6587",
	"\u732b\u304c\u7a93\u306e\u4e0a\u306b\u5ea7\u3063\u3066\u3044\u308b\u3002\u30b3\u30fc\u30d2\u30fc\u3092\u98f2\u3080\u3002\uff76\uff9e\u30ac\u304c",
	"\uace0\uc591\uc774\uac00 \ucc3d\ubb38\uc5d0 \uc549\uc544 \uc788\ub2e4. \u1100\u1161\u11a8 \uac01",
	"\u0627\u0644\u0642\u0637 \u064a\u062c\u0644\u0633 \u0639\u0644\u0649 \u0627\u0644\u0646\u0627\u0641\u0630\u0629\u060c \u0648\u0627\u0644\u0652\u0643\u064e\u0644\u0652\u0628\u064f \u0646\u0627\u0626\u0645\u061f",
	"\u05d4\u05d7\u05ea\u05d5\u05dc \u05d9\u05d5\u05e9\u05d1 \u05e2\u05dc \u05d4\u05d7\u05dc\u05d5\u05df. \u05e9\u05c1\u05b8\u05dc\u05d5\u05b9\u05dd",
	"\u092c\u093f\u0932\u094d\u0932\u0940 \u0916\u093f\u0921\u093c\u0915\u0940 \u092a\u0930 \u092c\u0948\u0920\u0940 \u0939\u0948\u0964",
	"\u0e41\u0e21\u0e27\u0e19\u0e31\u0e48\u0e07\u0e17\u0e35\u0e48\u0e2b\u0e19\u0e49\u0e32\u0e15\u0e48\u0e32\u0e07",
	"\u0130stanbul'da \u0131l\u0131k bir g\u00fcn, I\u015fIK \u0130\u0307",
	"It\u2019s 5\u20136 km \u2014 \u201cnot far\u201d\u2026 \u20ac5 \u00a35 \u00a5500 x\u00b2 H\u2082O \u00bd",
	"smile \U0001f600 family \U0001f468\u200d\U0001f469\u200d\U0001f467 flag \U0001f1e9\U0001f1ea thumbs \U0001f44d\U0001f3fd",
	"tab\there\nnew line\r\nnext\u00a0no-break\u3000wide\u2009thin\u200bzero\ufeffbom\x00nul\x07bell\u0085nel\u2028ls",
	strings.Repeat("a", 99) + " " + strings.Repeat("a", 100) + " " + strings.Repeat("a", 101),
	strings.Repeat("\u00e9", 100) + " " + strings.Repeat("\u00e9", 101) + " " + strings.Repeat("e\u0301", 101),
	strings.Repeat("\u732b", 120) + strings.Repeat("\u200b", 150) + strings.Repeat("wa", 51),
	"unaffable reloading playful players played xyzzy zzz",
	"[CLS] a [MASK] b [SEP] ##ing ## # [UNK] [unk]",
}

// nasty are code points that normalizers treat in some special way.
var nasty = []rune("aAbz09 \t\n\r.,-'#[]_$^`~" +
	"\x00\x01\x07\x0b\x0c\x1b\x1c\x7f\u0080\u0085\u009f\u00a0\u00ad\u00aa\u00b5\u00b7\u00bf" +
	"\u00c0\u00c5\u00df\u00e9\u00ea\u00f1\u0130\u0131\u017f\u01c5\u0149\u01f0\u0344\u0345\u0374\u037e\u0387\u0390\u03a3\u03c2\u03c3" +
	"\u0300\u0301\u0307\u0308\u0323\u0327\u0328\u0331\u0338\u034f\u0488\u0489\u0591\u05bc\u05c1\u064b\u0651\u0670\u0e31\u0e38\u0e48\u0f39\u0f71\u0f72\u0f73\u0f77" +
	"\u093c\u0929\u0958\u094d\u09be\u09c7\u09cb\u0b4b\u0bca\u0cca\u0dda\u1026\u102e\u1b06\u1b35\u1b44\u1baa\ua953\u0600\u061c\u06dd\u070f\u180e" +
	"\u1100\u1161\u11a7\u11a8\u11c2\uac00\uac01\ud7a3\u302a\u302e\u302f\u3099\u309a\u304b\u304c\u30ac\u3000\u3001\u3002\u30fb\u30fc" +
	"\u1e9b\u1e9e\u1ea4\u1ed1\u1f80\u1fb7\u1fbe\u1fc1\u1fed\u1fee\u1fef\u1ffd\u2000\u2001\u2002\u200b\u200c\u200d\u200e\u2010\u2013\u2019\u201c\u2026\u2028\u2029\u202a\u202f\u205f\u2060\u2126\u212a\u212b" +
	"\u226e\u2260\u2329\u232a\u2adc\u20d0\u20dd\u2cef\u3400\u4dbf\u4dc0\u4e00\u9fa5\u9fff\u9fd6\ua000\ue000\uf8ff\uf900\ufa0e\ufaff\ufb1d\ufb2a\ufb4e\ufe0f\ufe20\ufeff\uff01\uff21\uff41\uffe3\ufff9\ufffd\uffff" +
	"\U00010400\U00010a0f\U000110ba\U00011099\U0001109a\U00011131\U0001114c\U0001d15e\U0001d160\U0001d165\U0001d166\U0001d16d\U0001d1bb\U0001d1c0\U0001d7ce\U0001e8d0\U0001e900\U0001f600\U0001f1e6\U0001f3fb" +
	"\U00020000\U0002a6df\U0002a6e0\U0002b740\U0002b820\U0002f800\U0002fa1d\U000e0001\U000e0100\U000f0000\U0010fffd\U0010ffff")

// broken are invalid and odd byte sequences.
var broken = []string{
	"\x80", "\xbf", "\xc0\xaf", "\xc1\xbf", "\xc2", "\xc3(", "\xe2", "\xe2\x82", "\xe2\x82(", "\xe2(\xa1", "\xe0\x80\xaf",
	"\xe0\xa0", "\xed\xa0\x80", "\xed\xbf\xbf", "\xed\x9f", "\xf0", "\xf0\x9f", "\xf0\x9f\x98", "\xf0\x80\x80\xaf", "\xf0\x9f(\x80",
	"\xf4\x8f\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf8\x88\x80\x80\x80", "\xfe", "\xff", "\xf1\x80\x80\xc3\xa9", "\xef\xbf\xbd", "\xef\xbb\xbf",
}

// randomText draws a text of nasty code points, words, any code points and broken bytes.
func randomText(r *rand.Rand, b []byte) []byte {
	for range r.IntN(24) {
		switch k := r.IntN(40); {
		case k < 18:
			b = utf8.AppendRune(b, nasty[r.IntN(len(nasty))])
		case k < 26:
			b = append(b, byte('a'+r.IntN(26)-32*r.IntN(2)))
		case k < 29:
			b = append(b, ' ')
		case k < 31:
			words := strings.Fields(plainTexts[r.IntN(len(plainTexts))])
			if len(words) > 0 {
				b = append(b, words[r.IntN(len(words))]...)
			}
		case k < 34:
			for n := r.IntN(24); n > 0; n-- {
				b = append(b, byte('a'+r.IntN(26)))
			}
		case k < 36:
			for c, n := nasty[r.IntN(len(nasty))], r.IntN(8); n > 0; n-- {
				b = utf8.AppendRune(b, c)
			}
		case k < 39:
			if c := rune(r.IntN(0x3000)); r.IntN(4) > 0 {
				b = utf8.AppendRune(b, c)
			} else {
				b = utf8.AppendRune(b, rune(r.IntN(0x110000)))
			}
		default:
			b = append(b, broken[r.IntN(len(broken))]...)
		}
	}
	return b
}

// randomTexts draws n texts.
func randomTexts(seed uint64, n int) iter.Seq[string] {
	return func(yield func(string) bool) {
		r := rand.New(rand.NewPCG(seed, 1))
		var b []byte
		for range n {
			b = randomText(r, b[:0])
			if !yield(string(b)) {
				return
			}
		}
	}
}

// everyCodePoint gives each code point alone and between letters.
func everyCodePoint(yield func(string) bool) {
	for c := rune(0); c <= utf8.MaxRune; c++ {
		if utf8.ValidRune(c) && (!yield(string(c)) || !yield("a"+string(c)+"b")) {
			return
		}
	}
}

// syntheticVocabulary is small, covers the texts above only in part, and is ours.
func syntheticVocabulary() []string {
	vocabulary := []string{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}
	for c := '!'; c <= '~'; c++ {
		vocabulary = append(vocabulary, string(c), "##"+string(c))
	}
	vocabulary = append(vocabulary, strings.Fields("the cat sat on mat and dog did n mind in she paid about euros for book it still un ##read unread "+
		"##aff ##able re ##load ##ing play ##ful ##ful ##ers ##ed ##s ##er wa ##wa ##wawa aa ##aa ##aaaa aaaaaaaa cafe caf\u00e9 na\u00efve naive "+
		"stra\u00dfe strasse tie\u0302\u0301ng tieng ni\u00f1o nino The Cat \u00c5 i\u0307 \u0130")...)
	seen := map[rune]bool{}
	for i, text := range append(plainTexts, string(nasty)) {
		for _, c := range text {
			if seen[c] || c < 0x80 || !utf8.ValidRune(c) {
				continue
			}
			seen[c] = true
			// Some code points stay unknown, some have only one of the two forms.
			if (int(c)+i)%5 != 0 {
				vocabulary = append(vocabulary, string(c))
			}
			if (int(c)+i)%7 != 0 {
				vocabulary = append(vocabulary, "##"+string(c))
			}
		}
	}
	for _, c := range "\u03b1\u03b5\u03b9\u03bf\u03c5\u03c9\u0435\u0438\u1100\u1161\u11a8\u1102\u1105\u110b\u1175\u304b\u306f\u0928\u0937" {
		vocabulary = append(vocabulary, string(c), "##"+string(c))
	}
	// A line break or a repeated token cannot be in a vocab.txt.
	var unique []string
	known := map[string]bool{}
	for _, token := range vocabulary {
		if !known[token] && !strings.ContainsAny(token, "\n\r\u0085\u2028\u2029") {
			known[token] = true
			unique = append(unique, token)
		}
	}
	return slices.Clip(unique)
}
