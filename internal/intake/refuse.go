package intake

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"gobert/internal/fault"
)

// A Rule is a key that changes a result and is not supported but for some values. A key that is missing or null never counts.
type Rule struct {
	Key      string
	Harmless []string // values, as JSON, that change nothing
	Why      string   // what is said of all others
	Hint     string   // what to do about them, where something can be done
}

// Refuse lists the members that break a rule, each with its value.
func Refuse(members map[string]json.RawMessage, rules []Rule) (faults []error) {
	for _, r := range rules {
		value, ok := members[r.Key]
		if !ok || IsNull(value) || slices.ContainsFunc(r.Harmless, func(harmless string) bool { return Same(value, harmless) }) {
			continue
		}
		faults = append(faults, fault.New("%s is %s: %s", r.Key, short(value), r.Why).Advise("%s", r.Hint))
	}
	return faults
}

// short is a value on one line, cut where it is long.
func short(value json.RawMessage) string {
	const most = 60
	text := strings.Join(strings.Fields(string(value)), " ")
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "..."
	}
	return text
}

// Same says whether two values are the same but for white space and the order of members.
func Same(member json.RawMessage, other string) bool {
	var a, b any
	return json.Unmarshal(member, &a) == nil && json.Unmarshal([]byte(other), &b) == nil && reflect.DeepEqual(a, b)
}
