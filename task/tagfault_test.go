package task

import (
	"strings"
	"testing"
)

func TestFaultsOfTagsAreEntitiesWhereThereAreAny(t *testing.T) {
	words := strings.Fields("Tom saw Mad ##ison Square in May")
	each := []int{0, 1, 2, 3, 4, 5, 6}
	for _, test := range []struct {
		name      string
		of        []int
		want, got string
		entities  bool
		fault     Fault // Want, Got and Sure
	}{
		{"right", each, "B-P O O O O O O", "B-P O O O O O O", true, Fault{}},
		{"an end", each, "B-P O B-L I-L I-L O O", "B-P O B-L I-L O O O", true, Fault{Want: `L "Mad ##ison Square"`, Got: `L "Mad ##ison"`, Sure: 1}},
		{"missed", each, "B-P O O O O O O", "O O O O O O O", true, Fault{Want: `P "Tom"`, Got: "nothing", Sure: 1}},
		{"too much", each, "O O O O O O O", "B-P O O O O O B-T", true, Fault{Want: "nothing", Got: `P "Tom", T "May"`, Sure: 2}},
		{"no difference", each, "I-P O O O O O O", "B-P O O O O O O", true, Fault{Want: "Tom/I-P", Got: "Tom/B-P", Sure: 1}},
		{"parts of speech", each, "N V N N N P N", "N N N N N P V", false, Fault{Want: "saw/V May/N", Got: "saw/N May/V", Sure: 2}},
		{"every piece", []int{0, 2, 2, 4}, "O B-L I-L I-L", "B-P O O O", true, Fault{Want: `L "Mad Square"`, Got: `P "Tom"`, Sure: 4}},
		{"cut short", each, "O O", "O B-L", true, Fault{Want: "nothing", Got: `L "saw"`, Sure: 1}},
	} {
		f, wrong := tagFault(words, test.of, strings.Fields(test.want), strings.Fields(test.got), test.entities)
		if wrong != (test.fault.Sure > 0) || f.Want != test.fault.Want || f.Got != test.fault.Got || f.Sure != test.fault.Sure {
			t.Errorf("%s: %v, want %v", test.name, f, test.fault)
		}
	}
}
