package textfile

import (
	"bytes"
	"unicode/utf8"

	"gobert/internal/fault"
)

// A magic is the beginning of files that are no text and are often taken for some.
type magic struct{ bytes, name, hint string }

func magics() []magic {
	return []magic{
		{"\xFD7zXZ\x00", "an xz archive", "unpack it: xz -d"},
		{"PK\x03\x04", "a zip archive or an office document", "unpack it, or save it as text"},
		{"7z\xBC\xAF\x27\x1C", "a 7-Zip archive", "unpack it"},
		{"%PDF-", "a PDF", "extract its text first, for instance with pdftotext"},
		{"ARROW1", "an Arrow file", "save it as Parquet"},
		{parquetMagic, "a Parquet file", "leave out {format}, or {format} parquet"},
		{"\x93NUMPY", "a NumPy array", "text is needed"},
		{"SQLite format 3\x00", "an SQLite database", "export its text as JSON Lines"},
		{"\x7FELF", "a program", "text is needed"},
		{"\x89PNG", "a picture", "text is needed"},
		{"MMIDIDX\x00", "the index of a tokenized corpus", "give its folder to training"},
	}
}

// checkBinary says what a file is whose first bytes are no text; nil when they may be text.
func checkBinary(head []byte) error {
	for _, m := range magics() {
		if bytes.HasPrefix(head, []byte(m.bytes)) {
			return fault.New("it is %s, expected text", m.name).Advise(m.hint)
		}
	}
	at := bytes.IndexByte(head, 0)
	if at < 0 {
		return nil
	}
	even, odd := zeros(head)
	half := len(head) / 2
	switch {
	case odd > half/2 && even <= half/8:
		return fault.New("it looks like UTF-16LE without a byte order mark, expected UTF-8").Advise("convert it: iconv -f UTF-16LE -t UTF-8")
	case even > half/2 && odd <= half/8:
		return fault.New("it looks like UTF-16BE without a byte order mark, expected UTF-8").Advise("convert it: iconv -f UTF-16BE -t UTF-8")
	}
	return fault.New("it is binary (a byte of 0 at %d), expected text", at).Advise("is it the right file?")
}

// checkEnds refuses text whose lines end as on the first Macintoshes, in which a reader of lines finds a single one. JSON, in which
// it makes no difference, may begin so. head is all that was read so far.
func checkEnds(head []byte) error {
	begin := bytes.TrimLeft(head, " \t\r\n")
	if bytes.IndexByte(head, '\n') >= 0 || bytes.IndexByte(begin, '\r') < 0 || begin[0] == '{' || begin[0] == '[' {
		return nil
	}
	if end := bytes.TrimRight(begin, "\r"); bytes.IndexByte(end, '\r') < 0 {
		return nil // One line.
	}
	return fault.New("its lines end with a carriage return alone, as on old Macs, expected a line feed").
		Advise(`convert it: tr '\r' '\n' < OLD > NEW`)
}

// zeros counts zero bytes at even and at odd places.
func zeros(head []byte) (even, odd int) {
	for i, b := range head {
		if b == 0 && i%2 == 0 {
			even++
		} else if b == 0 {
			odd++
		}
	}
	return even, odd
}

// guessEncoding names what text that is not UTF-8 probably is, as iconv calls it. Bytes above
// 127 come in pairs in the encodings of East Asia, and mostly alone in those of Europe.
func guessEncoding(text []byte) string {
	if bytes.Contains(text, []byte("\x1B$")) {
		return "ISO-2022-JP"
	}
	var alone, paired, controls, kana int
	for i := 0; i < len(text); i++ {
		switch b := text[i]; {
		case b < 0x80:
			continue
		case i+1 < len(text) && text[i+1] >= 0x80:
			paired++
			i++
			if b == 0x82 || b == 0x83 { // hiragana and katakana in Shift-JIS
				kana++
			}
		case i+1 < len(text) && (b == 0x82 || b == 0x83):
			kana++
			i++
		default:
			alone++
			if b < 0xA0 {
				controls++
			}
		}
	}
	switch {
	case kana > paired/4 && kana > alone:
		return "SHIFT_JIS"
	case paired > 2*alone && paired > 1:
		return "GB18030"
	case controls > 0:
		return "WINDOWS-1252"
	}
	return "ISO-8859-1"
}

// Check explains why a line is no text; nil when it is.
func Check[line string | []byte](l line) error {
	text := []byte(l)
	if at := bytes.IndexByte(text, 0); at >= 0 {
		return fault.New("it is binary (a byte of 0 at column %d), expected text", at+1).Advise("is it the right file?")
	}
	return CheckUTF8(text)
}

// CheckUTF8 names the first byte of a line that is not UTF-8, and what the line may be instead.
func CheckUTF8(line []byte) error {
	for at := 0; at < len(line); {
		r, size := utf8.DecodeRune(line[at:])
		if r == utf8.RuneError && size == 1 {
			encoding := guessEncoding(line)
			return fault.New("not UTF-8 (byte %#x at column %d; it looks like %s)", line[at], at+1, encoding).
				Advise("convert it: iconv -f %s -t UTF-8, or skip such lines: {on-error} skip", encoding)
		}
		at += size
	}
	return nil
}
