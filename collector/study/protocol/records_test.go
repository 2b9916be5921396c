package protocol_test

import (
	"slices"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/shiftlog/entries"
	"github.com/lineproof/lineproof/collector/study/protocol"
	"github.com/lineproof/lineproof/record"
)

// TestFilesAreWholeOrNone: parts come in any order, and twice; one that lacks a part gives no rows.
func TestFilesAreWholeOrNone(t *testing.T) {
	part := func(file byte, n, parts int) entries.Statement {
		at := before.Add(time.Duration(n) * 24 * time.Hour)
		s := word(t, uint64(n), record.StatementRecords, at.Add(time.Duration(file)*time.Second), record.MachineRecords{File: record.Hash{file}, Name: "press.csv", Part: n, Of: parts,
			Rows: []record.RecordRow{{Start: at, ShiftEntry: record.ShiftEntry{ShiftEnd: at.Add(8 * time.Hour), Good: of(int64(n))}}}})
		return s
	}
	all, err := protocol.Files(slices.Values([]entries.Statement{part(1, 1, 2), part(2, 0, 2), part(1, 1, 2), part(1, 0, 2), part(3, 2, 2)}))
	if err != nil || len(all) != 1 {
		t.Fatalf("%+v, %v", all, err)
	}
	f, ok := protocol.FileNamed(all, &record.Hash{1})
	if !ok || len(f.Rows) != 2 || *f.Rows[0].Entry.Good != 0 || *f.Rows[1].Entry.Good != 1 || f.By != "Lan" {
		t.Errorf("%+v, %v", f, ok)
	}
	if _, ok := protocol.FileNamed(all, &record.Hash{2}); ok {
		t.Error("half a file")
	}
	if _, ok := protocol.FileNamed(all, nil); ok {
		t.Error("no file")
	}
}
