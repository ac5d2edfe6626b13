package scripts

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// gap stands in a text of the sources for what differs from case to case.
const gap = "\x00"

// TestMessagesOfTheGuideExist looks for every message that the guide to troubles quotes in what the sources can say. Where a
// message is made of several, with colons between, each of them must be there.
func TestMessagesOfTheGuideExist(t *testing.T) {
	texts := sourceTexts(t)
	for _, guide := range []string{"../docs/troubleshooting.md", "../docs/install.md", "../docs/pretraining.md", "../docs/finetuning.md", "../docs/go-api.md"} {
		text, err := os.ReadFile(guide)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range quotedMessages(string(text)) {
			if !canBeSaid(texts, m.text) {
				t.Errorf("%s: line %d: nothing in the sources says %q", guide, m.line, m.text)
			}
		}
	}
}

type message struct {
	line int
	text string
}

// quotedMessages are the texts in backquotes of the first columns of tables that are headed "Message".
func quotedMessages(guide string) (list []message) {
	inTable := false
	for i, line := range strings.Split(guide, "\n") {
		if !strings.HasPrefix(line, "|") {
			inTable = false
			continue
		}
		cells := strings.Split(line, "|")
		switch first := strings.TrimSpace(cells[1]); {
		case first == "Message":
			inTable = true
		case inTable && !strings.HasPrefix(first, "---") && !strings.Contains(first, "(the system's message)"):
			for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(first, -1) {
				list = append(list, message{i + 1, m[1]})
			}
		}
	}
	return list
}

// canBeSaid tries a message as a whole, then its parts between colons.
func canBeSaid(texts []string, message string) bool {
	if found(texts, message) {
		return true
	}
	parts := strings.Split(message, ": ")
	return len(parts) > 1 && !slices.ContainsFunc(parts, func(part string) bool { return !found(texts, part) })
}

var (
	placeholder = regexp.MustCompile(`<[^<>]*>|\.\.\.`)
	value       = regexp.MustCompile(`<[^<>]*>|\.\.\.|"[^"]*"|\[[^\]]*\]|\d[\d.]*`)
)

// found looks for a text of the sources that has all fragments of a message, in their order. Examples of values, which are numbers
// and quotations, may be verbs there.
func found(texts []string, message string) bool {
	for _, parts := range []*regexp.Regexp{placeholder, value} {
		var fragments []string
		for _, fragment := range parts.Split(message, -1) {
			if fragment = strings.Trim(fragment, " :;,()"); fragment != "" {
				fragments = append(fragments, fragment)
			}
		}
		if len(fragments) == 0 && parts == placeholder {
			return true // a placeholder alone
		}
		if len(fragments) > 0 && slices.ContainsFunc(texts, func(text string) bool { return inOrder(text, fragments) }) {
			return true
		}
	}
	return false
}

func inOrder(text string, fragments []string) bool {
	for _, fragment := range fragments {
		_, behind, ok := strings.Cut(text, fragment)
		if !ok {
			return false
		}
		text = behind
	}
	return true
}

// sourceTexts are all texts in the sources: those of Go with gaps for verbs and for what is joined to them, and the lines of
// scripts and C++.
func sourceTexts(t *testing.T) (texts []string) {
	t.Helper()
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			if name := entry.Name(); name == "testdata" || name == "docs" || len(name) > 2 && strings.HasPrefix(name, ".") {
				return filepath.SkipDir
			}
		case strings.HasSuffix(path, "_test.go"):
		case strings.HasSuffix(path, ".go"):
			more, err := textsOf(path)
			texts = append(texts, more...)
			return err
		case slices.Contains([]string{".sh", ".h", ".hpp", ".cpp", ".py"}, filepath.Ext(path)):
			text, err := os.ReadFile(path)
			texts = append(texts, strings.Split(string(text), "\n")...)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	// What the parser of command lines says is not in these sources.
	return append(texts, "unexpected argument "+gap, "unknown flag --"+gap)
}

// textsOf are the texts of a Go file.
func textsOf(path string) (texts []string, err error) {
	var mode parser.Mode
	if strings.HasSuffix(path, filepath.Join("need", "need.go")) {
		mode = parser.ParseComments
	}
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, mode)
	if err != nil {
		return nil, err
	}
	for _, group := range file.Comments { // what cgo's compiler is to say stands in a comment
		texts = append(texts, strings.Split(group.Text(), "\n")...)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok {
			if text, ok := joined(e); ok {
				texts = append(texts, strings.ReplaceAll(text, "{"+gap+"}", "--"+gap)) // a setting whose name is known at run time
				return false
			}
		}
		return true
	})
	return texts, nil
}

var (
	verb    = regexp.MustCompile(`%%|%[-+# 0-9.\[\]*]*[a-zA-Z]`)
	setting = regexp.MustCompile(`\{([a-z][a-z0-9-]*)\}`)
)

// joined is the text of a literal, or of several things with plus between them, one of which is a literal.
func joined(e ast.Expr) (string, bool) {
	switch x := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(x.Value)
		text = setting.ReplaceAllString(text, "--$1") // as the commands write what package fault has in braces
		text = verb.ReplaceAllStringFunc(text, func(found string) string {
			if found == "%%" {
				return "%"
			}
			return gap
		})
		return text, x.Kind == token.STRING && err == nil
	case *ast.BinaryExpr:
		if x.Op != token.ADD {
			return "", false
		}
		left, isLeft := joined(x.X)
		right, isRight := joined(x.Y)
		if !isLeft {
			left = gap
		}
		if !isRight {
			right = gap
		}
		return left + right, isLeft || isRight
	}
	return "", false
}

func TestMessagesAreFoundInSources(t *testing.T) {
	texts := []string{"--data: " + gap, "it has no field " + gap + ", it has " + gap, "the model has " + gap + " layers"}
	for message, want := range map[string]bool{
		`it has no field "text", it has ["body"]`: true,
		`--data: <file>: it has no field <x>`:     true,
		`the model has <n> layers`:                true,
		`the model has 3 layers`:                  true,
		`the model has <n> heads`:                 false,
		`it has <x>, it has no field`:             false,
		`--data: <file>: it lacks <x>`:            false,
	} {
		if got := canBeSaid(texts, message); got != want {
			t.Errorf("%q: %v", message, got)
		}
	}
	if got := fmt.Sprint(quotedMessages("| Message | x |\n|---|---|\n| `a`, `b <c>` | `d` |\n\n| Other | x |\n| `e` | |\n")); got != "[{3 a} {3 b <c>}]" {
		t.Error(got)
	}
}
