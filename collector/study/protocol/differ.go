package protocol

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
)

// Difference is a member of a sealed result that is not what comes out again.
type Difference struct {
	Member   string // such as after.value
	Sealed   string // JSON
	Computed string // JSON
}

// rounding is how far two figures may lie apart, in parts of the larger, that are the same: processors that multiply and add
// in one step round otherwise than those that do not, and square roots make more of it.
const rounding = 1e-7

// Differences compares a sealed result, or another value in JSON, with a computed one. Texts are not compared, for another version of the program may
// say the same in other words; their keys are.
func Differences(sealed json.RawMessage, computed any) ([]Difference, error) {
	text, err := json.Marshal(computed)
	if err != nil {
		return nil, err
	}
	var a, b any
	if err := json.Unmarshal(sealed, &a); err != nil {
		return nil, fmt.Errorf("sealed result: %w", err)
	}
	if err := json.Unmarshal(text, &b); err != nil {
		return nil, err
	}
	return differ(nil, "", a, b), nil
}

func differ(all []Difference, at string, a, b any) []Difference {
	switch x := a.(type) {
	case map[string]any:
		if y, ok := b.(map[string]any); ok {
			for _, name := range slices.Sorted(maps.Keys(both(x, y))) {
				if name != "text" {
					all = differ(all, join(at, name), x[name], y[name])
				}
			}
			return all
		}
	case []any:
		if y, ok := b.([]any); ok && len(x) == len(y) {
			for i := range x {
				all = differ(all, join(at, strconv.Itoa(i)), x[i], y[i])
			}
			return all
		}
	case float64:
		if y, ok := b.(float64); ok && math.Abs(x-y) <= rounding*max(math.Abs(x), math.Abs(y)) {
			return all
		}
	default:
		if a == b {
			return all
		}
	}
	return append(all, Difference{at, text(a), text(b)})
}

func both(x, y map[string]any) map[string]any {
	all := maps.Clone(x)
	maps.Copy(all, y)
	return all
}

func join(at, name string) string {
	if at == "" {
		return name
	}
	return at + "." + name
}

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}
