package serve

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// inference is a body that asks for the label of a text, with more fields.
func inference(data, more string) string {
	return `{"inputs":[{"name":"text","shape":[1],"datatype":"BYTES","data":` + data + `}]` + more + `}`
}

// TestOutputsAreWantedOnce: an answer cannot be made large by naming one output again and again.
func TestOutputsAreWantedOnce(t *testing.T) {
	s := newServer(t, Options{}, "labels")
	for more, field := range map[string]string{
		`,"outputs":[{"name":"label"},{"name":"score"},{"name":"label"}]`:             "outputs[2].name",
		`,"outputs":[{"name":"label"},{"name":"other"}]`:                              "outputs[1].name",
		`,"outputs":[{"name":"label","parameters":{"classification":3}}]`:             "outputs[0].parameters.classification",
		`,"outputs":[{"name":"label","parameters":{"binary_data":"yes"}}]`:            "outputs[0].parameters.binary_data",
		`,"parameters":{"binary_data_output":1}`:                                      "parameters.binary_data_output",
		`,"outputs":[{"name":"score"},{"name":"label"}]`:                              "",
		`,"outputs":[{"name":"label","parameters":{"binary_data":false}}]`:            "",
		`,"outputs":[` + strings.Repeat(`{"name":"label"},`, 9) + `{"name":"score"}]`: "outputs[1].name",
	} {
		status, answer := ask(s, "/v2/models/labels/infer", inference(`["rain"]`, more))
		if got, _ := problemIn(answer); got != field || (status == http.StatusOK) != (field == "") {
			t.Errorf("%s: %d %s, expected the field %q", more, status, answer, field)
		}
	}
}

// TestNestedLists: they are read as deep as tensors may be, and what is deeper is refused with an answer that is short.
func TestNestedLists(t *testing.T) {
	s := newServer(t, Options{}, "labels")
	for depth, want := range map[int]int{1: 200, mostDimensions: 200, mostDimensions + 1: 422, 9000: 422} {
		status, answer := ask(s, "/v2/models/labels/infer", inference(strings.Repeat("[", depth)+`"rain"`+strings.Repeat("]", depth), ""))
		if status != want || len(answer) > 1000 {
			t.Errorf("%d lists: %d, %d bytes: %.200s", depth, status, len(answer), answer)
		}
	}
}

// TestAnOutputsOwnWordWins: what is said of one output goes before what is said of all.
func TestAnOutputsOwnWordWins(t *testing.T) {
	s := newServer(t, Options{}, "labels")
	for more, want := range map[string]string{
		`,"parameters":{"binary_data_output":true}`: "[true true true]",
		`,"parameters":{"binary_data_output":true},"outputs":[{"name":"label","parameters":{"binary_data":false}},{"name":"score"}]`: "[false true]",
		`,"parameters":{"binary_data_output":false},"outputs":[{"name":"label","parameters":{"binary_data":true}},{"name":"score"}]`: "[true false]",
		`,"outputs":[{"name":"score","parameters":{"binary_data":true}}]`:                                                            "[true]",
	} {
		status, answer := ask(s, "/v2/models/labels/infer", inference(`["rain"]`, more))
		var head inferResponse
		if err := json.NewDecoder(bytes.NewReader([]byte(answer))).Decode(&head); err != nil || status != http.StatusOK {
			t.Errorf("%s: %d %q, %v", more, status, answer, err)
		}
		var binary []bool
		for _, out := range head.Outputs {
			_, found := out.Parameters[sizeParameter]
			binary = append(binary, found)
			if found == (out.Data != nil) {
				t.Errorf("%s: %s has both or none of data and a size", more, out.Name)
			}
		}
		if fmt.Sprint(binary) != want {
			t.Errorf("%s: as bytes are %v, expected %s", more, binary, want)
		}
	}
}
