package record

// Memory is room for what batches hold. Who reads millions of them uses one again and again; the zero Memory has none yet.
// It is for one reader at a time.
type Memory struct {
	readings room[Reading]
	windows  room[Window]
	observed room[Observed]
	spans    room[Span]
}

// Reset takes back what was given: batches that were read into the memory are no longer good.
func (m *Memory) Reset() {
	m.readings.reset()
	m.windows.reset()
	m.observed.reset()
	m.spans.reset()
}

// mostRoom is how many elements are kept when a memory is taken back: batches may be of any size.
const mostRoom = 1 << 15

// room is memory for elements of one kind.
type room[T any] struct {
	block []T
	used  int
}

// take gives room for n, with nothing in it. Where a block is full the next one is twice as large; what was given before
// stays as it is.
func (r *room[T]) take(n int) []T {
	if r.used+n > len(r.block) {
		r.block, r.used = make([]T, max(n, min(2*len(r.block), mostRoom))), 0
	}
	given := r.block[r.used : r.used : r.used+n]
	r.used += n
	return given
}

func (r *room[T]) reset() {
	if r.used = 0; len(r.block) > mostRoom {
		r.block = nil
	}
}
