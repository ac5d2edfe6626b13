package corpus

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"gobert/data"
	"gobert/internal/disk"
	"gobert/internal/fault"
)

// partFolder is the name of a part's folder.
var partFolder = regexp.MustCompile(`^part-(\d+)-of-(\d+)$`)

// Parts lists the parts whose folders lie in that of a corpus, in order, whatever is in them; of is how many there are to be. Parts of
// different divisions are an error.
func Parts(folder string) (found []data.Part, err error) {
	entries, err := disk.Content(folder)
	if err != nil {
		return nil, wrap("looking for parts", err)
	}
	for _, e := range entries {
		m := partFolder.FindStringSubmatch(e.Name())
		if m == nil {
			continue
		}
		number, _ := strconv.Atoi(m[1])
		of, _ := strconv.Atoi(m[2])
		p, err := data.ParsePart(fmt.Sprintf("%d/%d", number, of))
		if err != nil || partPrefix+p.Name() != e.Name() {
			return nil, fault.New("corpus: %s is the name of no part", filepath.Join(folder, e.Name())).Advise("remove it, or give it back its name: %s for {part} 1/16", partPrefix+data.Part{Number: 1, Of: 16}.Name())
		}
		if len(found) > 0 && found[0].Of != p.Of {
			return nil, fault.New("corpus: %s holds parts of %d and of %d: %s and %s", folder, found[0].Of, p.Of, partPrefix+found[0].Name(), e.Name()).
				Advise("remove those that do not belong to the others")
		}
		found = append(found, p)
	}
	return found, nil
}

// Missing lists those that are not among the parts, as sentences do; "" where all are there.
func Missing(found []data.Part) string {
	there := map[int]bool{}
	for _, p := range found {
		there[p.Number] = true
	}
	var names []string
	for number := 1; len(found) > 0 && number <= found[0].Of; number++ {
		if !there[number] {
			names = append(names, strconv.Itoa(number))
		}
	}
	const shown = 20
	if len(names) > shown {
		names = append(names[:shown:shown], fmt.Sprintf("%d more", len(names)-shown))
	}
	return listed(names)
}

// openParts reads what the parts in a folder say of themselves, and finds everything for which they cannot be joined.
func openParts(folder string) ([]*PartManifest, error) {
	found, err := Parts(folder)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		if _, err := os.Stat(folder); err != nil {
			return nil, wrap("joining", err)
		}
		return nil, fault.New("corpus: %s holds no parts", folder).Advise("they are made by {part} 1/16, {part} 2/16, ...")
	}
	var faults []error
	if missing := Missing(found); missing != "" {
		word := "part"
		if strings.ContainsAny(missing, " ") {
			word = "parts"
		}
		faults = append(faults, fault.New("corpus: %s %s of %d %s not in %s", word, missing, found[0].Of, map[string]string{"part": "is", "parts": "are"}[word], folder).
			Advise("make what is missing with the settings of the others, or copy it here"))
	}
	parts := make([]*PartManifest, 0, len(found))
	for _, p := range found {
		m, err := readPart(PartFolder(folder, p))
		if errors.Is(err, fs.ErrNotExist) {
			err = fault.New("corpus: %s is no part, for it has no %s", PartFolder(folder, p), partName).Advise("make it again, or copy all of it")
		}
		if err == nil {
			err = m.fits(p, parts)
		}
		if err != nil {
			faults = append(faults, err)
			continue
		}
		parts = append(parts, m)
	}
	return parts, errors.Join(faults...)
}

// fits finds what is wrong with a part, by itself or beside those before it.
func (p *PartManifest) fits(named data.Part, before []*PartManifest) error {
	if p.Part != named {
		return p.misnamed()
	}
	if len(before) > 0 {
		if what, args := before[0].differs(p); what != "" {
			return fault.New("corpus: part %v differs from part %v in "+what, append([]any{p.Part, before[0].Part}, args...)...).Advise("make it again with the settings of the others")
		}
	}
	if !p.Finished {
		return fault.New("corpus: part %v is not finished", p.Part).Advise("the same command goes on with it")
	}
	for _, f := range p.Files {
		path := filepath.Join(p.folder, f.Name)
		info, err := os.Stat(path)
		if err != nil {
			return fault.New("corpus: part %v: %s is gone", p.Part, path).Advise("copy the part anew, or make it again with {overwrite}")
		}
		if info.Size() != f.Size {
			return fault.New("corpus: part %v: %s has %d bytes, %d were written", p.Part, path, info.Size(), f.Size).Advise("copy the part anew, or make it again with {overwrite}")
		}
	}
	return nil
}
