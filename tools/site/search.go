package main

import "encoding/json"

// section is a part of a page that the search finds.
type section struct {
	Page   string `json:"p"`
	Anchor string `json:"a"`
	Title  string `json:"t"`
	Text   string `json:"x"`
}

// index is a script that hands all sections of a language, and of the packages, to the search: a script is loaded from a disk, too,
// where a browser would not fetch a file.
func (s *site) index(language string) ([]byte, error) {
	var all []section
	for _, p := range s.pages {
		if p.language == language || p.language == "" {
			all = append(all, p.sections...)
		}
	}
	text, err := json.Marshal(all)
	return append(append([]byte("const sections = "), text...), ";\n"...), err
}
