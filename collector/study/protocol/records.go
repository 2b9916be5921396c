package protocol

import (
	"iter"
	"slices"

	"github.com/lineproof/lineproof/collector/shiftlog/entries"
	"github.com/lineproof/lineproof/record"
)

// File is machine records that somebody imported, whole.
type File struct {
	Hash   record.Hash // SHA-256 of the file
	Name   string
	By     string
	Ledger uint64 // index of the batch that holds the last part
	Rows   []Row
}

// Files gives the machine records among what was said of one line, in the order of the ledger. A file of which a part is
// missing is none: its rows would be a choice.
func Files(said iter.Seq[entries.Statement]) (all []File, err error) {
	parts := map[record.Hash]map[int]record.MachineRecords{}
	for s := range said {
		if s.Kind != record.StatementRecords {
			continue
		}
		var part record.MachineRecords
		if err := s.Decode(&part); err != nil {
			return nil, err
		}
		known := parts[part.File]
		if known == nil {
			known = map[int]record.MachineRecords{}
			parts[part.File] = known
		}
		if _, again := known[part.Part]; again || part.Part < 0 || part.Part >= part.Of {
			continue
		}
		if known[part.Part] = part; len(known) == part.Of {
			all = append(all, File{Hash: part.File, Name: part.Name, By: s.By, Ledger: s.Ledger, Rows: rowsOf(known)})
		}
	}
	return all, nil
}

func rowsOf(parts map[int]record.MachineRecords) (rows []Row) {
	for n := range len(parts) {
		for _, r := range parts[n].Rows {
			rows = append(rows, Row{r.Start, r.ShiftEntry})
		}
	}
	return rows
}

// FileNamed finds the one that a side names.
func FileNamed(all []File, hash *record.Hash) (File, bool) {
	i := slices.IndexFunc(all, func(f File) bool { return hash != nil && f.Hash == *hash })
	if i < 0 {
		return File{}, false
	}
	return all[i], true
}
