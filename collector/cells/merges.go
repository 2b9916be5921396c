package cells

import "slices"

// merges gives the merged areas of rows that are asked for from top to bottom.
type merges struct {
	waiting []area // by their top
	open    []area // that the last row was in
}

func mergesOf(all []area) merges {
	waiting := slices.Clone(all)
	slices.SortStableFunc(waiting, func(a, b area) int { return a.top - b.top })
	return merges{waiting: waiting}
}

// at gives the areas that hold cells of a row, at most as many as a row has columns, for merged areas do not overlap.
func (m *merges) at(row int) []area {
	for len(m.waiting) > 0 && m.waiting[0].top <= row {
		if m.waiting[0].bottom >= row && len(m.open) < mostColumns {
			m.open = append(m.open, m.waiting[0])
		}
		m.waiting = m.waiting[1:]
	}
	m.open = slices.DeleteFunc(m.open, func(a area) bool { return a.bottom < row })
	return m.open
}

// isMerged tells whether a column's cell shares its value with another row, or with another column that is read.
func (r *reading[R]) isMerged(merged []area, at int) bool {
	for _, a := range merged {
		if at < a.left || at > a.right {
			continue
		}
		read := 0
		for _, p := range r.header.placed {
			if p.at >= a.left && p.at <= a.right {
				read++
			}
		}
		if a.top != a.bottom || read > 1 {
			return true
		}
	}
	return false
}
