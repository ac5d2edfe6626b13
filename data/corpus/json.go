package corpus

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"gobert/internal/fault"
)

// object reads one JSON object for the sake of a few fields: several times as fast as decoding
// all of it, because strings nobody asks for are skipped by searching their end.
type object struct {
	text string
	at   int
}

// each calls field with the name of each field. It must take the value by one of the methods below.
func (o *object) each(field func(name string) error) error {
	if !o.take('{') {
		return o.fault("expected an object: {\"...\"}")
	}
	if o.take('}') {
		return o.end()
	}
	for {
		name, err := o.string()
		if err != nil {
			return err
		}
		if !o.take(':') {
			return o.fault("expected : after a field's name")
		}
		if err := field(name); err != nil {
			return err
		}
		if o.take('}') {
			return o.end()
		}
		if !o.take(',') {
			return o.fault("expected , or } after a value")
		}
	}
}

func (o *object) end() error {
	o.space()
	if o.at < len(o.text) {
		return o.fault("expected nothing after the object")
	}
	return nil
}

const skipLines = "skip such lines: {on-error} skip"

func (o *object) fault(what string) error {
	if o.at >= len(o.text) {
		return fault.New("it is no whole JSON: it ends where there should be more (%s)", what).Advise(skipLines)
	}
	return fault.New("it is no JSON: %s at column %d, found %.20q", what, o.at+1, o.text[o.at:]).Advise(skipLines)
}

func (o *object) space() {
	for o.at < len(o.text) && strings.IndexByte(" \t\r\n", o.text[o.at]) >= 0 {
		o.at++
	}
}

func (o *object) take(c byte) bool {
	o.space()
	if o.at < len(o.text) && o.text[o.at] == c {
		o.at++
		return true
	}
	return false
}

// raw takes a string as it stands, and reports whether it has escapes.
func (o *object) raw() (value string, escaped bool, err error) {
	if !o.take('"') {
		return "", false, o.fault("expected a string")
	}
	begin := o.at
	for {
		quote := strings.IndexByte(o.text[o.at:], '"')
		if quote < 0 {
			o.at = len(o.text)
			return "", false, o.fault("expected the closing quote of a string")
		}
		slash := strings.IndexByte(o.text[o.at:o.at+quote], '\\')
		if slash < 0 {
			value = o.text[begin : o.at+quote]
			o.at += quote + 1
			return value, escaped, nil
		}
		escaped = true
		o.at = min(o.at+slash+2, len(o.text))
	}
}

// string takes a string.
func (o *object) string() (string, error) {
	value, escaped, err := o.raw()
	if err != nil || !escaped {
		return value, err
	}
	return unescape(value)
}

// null takes a null, if that is the value.
func (o *object) null() bool {
	o.space()
	if strings.HasPrefix(o.text[o.at:], "null") {
		o.at += 4
		return true
	}
	return false
}

// skip passes over any value.
func (o *object) skip() error {
	for depth := 0; ; {
		o.space()
		if o.at >= len(o.text) {
			return o.fault("expected a value")
		}
		switch o.text[o.at] {
		case '"':
			if _, _, err := o.raw(); err != nil {
				return err
			}
		case '{', '[':
			depth++
			o.at++
			continue
		case '}', ']':
			if depth == 0 {
				return o.fault("expected a value")
			}
			depth--
			o.at++
		case ',', ':':
			if depth == 0 {
				return o.fault("expected a value")
			}
			o.at++
			continue
		default:
			for o.at < len(o.text) && strings.IndexByte(",:}] \t\r\n", o.text[o.at]) < 0 {
				o.at++
			}
		}
		if depth == 0 {
			return nil
		}
	}
}

// unescape replaces the escapes of a JSON string. A surrogate without its partner becomes U+FFFD.
func unescape(s string) (string, error) {
	out := make([]byte, 0, len(s))
	for {
		slash := strings.IndexByte(s, '\\')
		if slash < 0 {
			return string(append(out, s...)), nil
		}
		out = append(out, s[:slash]...)
		s = s[slash+1:]
		if s == "" {
			return "", errors.New(`it is no JSON: a string ends with \`)
		}
		at := strings.IndexByte(`"\/bfnrt`, s[0])
		switch {
		case at >= 0:
			out = append(out, "\"\\/\b\f\n\r\t"[at])
			s = s[1:]
		case s[0] == 'u':
			c, rest, err := unescapeUnit(s)
			if err != nil {
				return "", err
			}
			if utf16.IsSurrogate(c) {
				pair := rune(utf8.RuneError)
				if strings.HasPrefix(rest, `\u`) {
					low, after, err := unescapeUnit(rest[1:])
					if pair = utf16.DecodeRune(c, low); err == nil && pair != utf8.RuneError {
						rest = after
					}
				}
				c = pair
			}
			out, s = utf8.AppendRune(out, c), rest
		default:
			return "", fmt.Errorf(`it is no JSON: unknown escape \%c`, s[0])
		}
	}
}

// unescapeUnit reads the letter u and four hexadecimal digits.
func unescapeUnit(s string) (c rune, rest string, err error) {
	if len(s) < 5 {
		return 0, "", errors.New(`it is no JSON: \u needs four hexadecimal digits`)
	}
	unit, err := strconv.ParseUint(s[1:5], 16, 16)
	if err != nil {
		return 0, "", fmt.Errorf(`it is no JSON: \u needs four hexadecimal digits, found %q`, s[1:5])
	}
	return rune(unit), s[5:], nil
}
