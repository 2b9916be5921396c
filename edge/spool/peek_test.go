package spool_test

import (
	"testing"
	"time"

	"github.com/lineproof/lineproof/edge/spool"
	"github.com/lineproof/lineproof/record"
)

func TestPeekSeesWhatWaits(t *testing.T) {
	dir := t.TempDir()
	if got, err := spool.Peek(dir + "/none"); err != nil || got != (spool.Summary{}) {
		t.Errorf("no folder: %+v, %v", got, err)
	}
	s, _ := open(t, dir, spool.Options{SegmentBytes: 200})
	at := time.Date(2027, 2, 1, 6, 0, 0, 0, time.UTC)
	for seq := uint64(1); seq <= 9; seq++ {
		if _, _, err := s.Append(spool.Record{Seq: seq, At: at.Add(time.Duration(seq) * time.Second), Sealed: content(seq)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Receive(4, record.HashOf(content(4))); err != nil {
		t.Fatal(err)
	}
	got, err := spool.Peek(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got.Sealed != 9 || got.Received != 4 || got.Waiting() != 5 || !got.Oldest.Equal(at.Add(5*time.Second)) || got.Bytes != s.Bytes() {
		t.Errorf("got %+v, want 9 sealed, 4 received, %d bytes", got, s.Bytes())
	}
	if age := time.Since(got.ReceivedAt); age < -time.Minute || age > time.Minute {
		t.Errorf("received %s", got.ReceivedAt)
	}
}
