package record

import (
	"maps"
	"slices"
)

// ReasonGroup is the first level of a line's tree of reasons for stops.
type ReasonGroup struct {
	Name    Names             `json:"name,omitempty"`
	Reasons map[string]Reason `json:"reasons,omitempty"`
}

// Reason is one reason for a stop. Where a machine's ReasonFrom says one of Codes, it is the reason.
type Reason struct {
	Name  Names   `json:"name,omitempty"`
	Codes []int64 `json:"codes,omitempty"`
}

// ReasonOf is the reason that a code stands for, as GROUP/REASON; "" where the line lists none.
func (l Line) ReasonOf(code int64) string {
	for _, group := range slices.Sorted(maps.Keys(l.Reasons)) {
		reasons := l.Reasons[group].Reasons
		for _, id := range slices.Sorted(maps.Keys(reasons)) {
			if slices.Contains(reasons[id].Codes, code) {
				return group + "/" + id
			}
		}
	}
	return ""
}
