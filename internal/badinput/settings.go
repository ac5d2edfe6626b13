package badinput

import "strings"

// settings are files of settings.
func settings() []Row {
	rows := []Row{
		{Name: "config empty", Code: 2, Says: `s\.json`, Make: named("s.json", "")},
		{Name: "config cut", Code: 2, Says: `s\.json`, Make: named("s.json", `{"seed": `)},
		{Name: "config a list", Code: 2, Says: `s\.json`, Hint: true, Make: named("s.json", `[1]`)},
		{Name: "config null", Code: 2, Says: `s\.json`, Make: named("s.json", `null`)},
		{Name: "config a number", Code: 2, Says: `s\.json`, Make: named("s.json", `7`)},
		{Name: "config of text", Code: 2, Says: `s\.json`, Make: named("s.json", "seed = 7\n")},
		{Name: "config in UTF-16", Code: 2, Says: `s\.json`, Make: func(w *World) string { return w.File("s.json", string(wide([]byte(`{"seed": 7}`)))) }},
		{Name: "config with text behind it", Code: 2, Says: `s\.json`, Make: named("s.json", `{"seed": 7} and more`)},
		{Name: "config with an unknown name", Code: 2, Says: "seeed", Hint: true, Make: named("s.json", `{"seeed": 7}`)},
		{Name: "config with an object", Code: 2, Says: `s\.json.*seed`, Make: named("s.json", `{"seed": {"a": 1}}`)},
		{Name: "config with a list for a number", Code: 2, Says: `seed`, Make: named("s.json", `{"seed": [1, 2]}`)},
		{Name: "config with true for a number", Code: 2, Says: `seed`, Make: named("s.json", `{"seed": true}`)},
		{Name: "config with a fraction for a number", Code: 2, Says: `seed`, Make: named("s.json", `{"seed": 1.5}`)},
		{Name: "config with a number that is too large", Code: 2, Says: `seed`, Make: named("s.json", `{"seed": 1e99}`)},
		{Name: "config with a name twice", Code: 2, Says: `seed`, Make: named("s.json", `{"seed": 1, "seed": 2}`)},
		{Name: "config nested deeply", Code: 2, Says: `s\.json`, Make: named("s.json", strings.Repeat(`{"seed": `, 20000))},
		{Name: "config of zeros", Code: 2, Says: `s\.json`, Make: named("s.json", strings.Repeat("\x00", 4096))},
	}
	for i := range rows {
		rows[i].Of = "config"
	}
	return rows
}
