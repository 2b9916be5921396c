package collectortest

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/people"
	"github.com/lineproof/lineproof/collector/projects"
	"github.com/lineproof/lineproof/collector/registry"
	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/collector/series/sqlite"
	"github.com/lineproof/lineproof/collector/shiftlog"
	"github.com/lineproof/lineproof/collector/verify"
	"github.com/lineproof/lineproof/internal/clock"
)

// Hall is a board on a real store, with a clock that stands until it is moved.
type Hall struct {
	*board.Board
	Store Store
	Clock *clock.Virtual

	People *people.People // once it remembers what people say
	Log    *shiftlog.Log

	Projects *projects.Book

	t     testing.TB
	books map[string]registry.Gateway
	said  uint64 // by people, so far
}

// Store is a store that a hall can be on.
type Store interface {
	series.Store
	series.BatchWriter
}

// OpenHall opens one in a folder of its own, at a time.
func OpenHall(t testing.TB, now time.Time) *Hall {
	t.Helper()
	return OpenBusyHall(t, now, 0)
}

// OpenBusyHall opens one in which so many others sleep by the clock too: it passes while all of them do.
func OpenBusyHall(t testing.TB, now time.Time, others int) *Hall {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "series.db"))
	if err != nil {
		t.Fatal(err)
	}
	return open(t, s, now, others)
}

// OpenHallOn opens one on a store, which is closed when the test ends.
func OpenHallOn(t testing.TB, s Store, now time.Time) *Hall {
	t.Helper()
	return open(t, s, now, 0)
}

func open(t testing.TB, s Store, now time.Time, others int) *Hall {
	t.Helper()
	t.Cleanup(func() { s.Close() })
	c := clock.NewVirtual(now, 1+others)
	return &Hall{Board: board.New(s, c), Store: s, Clock: c, t: t, books: map[string]registry.Gateway{}}
}

// MoveTo lets the collector's clock pass until a time.
func (h *Hall) MoveTo(now time.Time) {
	h.t.Helper()
	if err := h.Clock.SleepUntil(h.t.Context(), now); err != nil {
		h.t.Fatal(err)
	}
}

// Take brings sealed batches into the books, as the collector's pipeline does: all in one write, then one
// after the other before the board.
func (h *Hall) Take(g *Gateway, sealed ...[]byte) {
	h.t.Helper()
	var writes []series.Write
	var grown []registry.Gateway
	own := h.books[g.Name]
	var err error
	if own.Account, err = own.Account.Clone(); err != nil {
		h.t.Fatal(err)
	}
	for _, msg := range sealed {
		v, err := verify.Check(msg, Keys(g), func(string) verify.Head { return own.Head }, nil)
		if err != nil {
			h.t.Fatal(err)
		}
		b := v.Batch()
		writes = append(writes, series.Write{Verified: v, Intervals: own.Account.Fold(b, v.Catalogue())})
		own.ID, own.Head, own.SealedAt, own.Clock = g.Name, v.Head(), b.SealedAt, b.Clock.State
		grown = append(grown, own)
	}
	h.books[g.Name] = own
	if err := h.Store.WriteAll(h.t.Context(), writes); err != nil {
		h.t.Fatal(err)
	}
	for _, own := range grown {
		h.Changed(own)
	}
}

// Work takes minutes of work and moves the clock to their end.
func (h *Hall) Work(g *Gateway, minutes int, state int64, cycles, rejects uint64) {
	h.t.Helper()
	var sealed [][]byte
	for range minutes {
		sealed = append(sealed, g.Work(h.t, time.Minute, state, cycles, rejects))
	}
	h.Take(g, sealed...)
	h.MoveTo(g.At)
}
