// Package report writes what a study came to as an office files it: the acceptance record and the report of results, as
// PDF in the layout of Vietnamese official documents (Nghị định 30/2020/NĐ-CP, Phụ lục I), and as XLSX.
//
// A template, which is text that an office can change, says what a document says and in which order; the package has the
// tables, the chart, the evidence and the signature blocks that a template places. Both files come from the same blocks,
// so that they cannot disagree. The same input gives the same bytes: nothing is taken from a clock.
//
// What is not given is left as dots, to be filled in by hand. What is not known stays unknown, never 0.
//
// What it does not do: it computes no figure, it signs nothing, and it cannot tell whether what an office says of its
// project is true.
package report

import (
	"time"

	"github.com/lineproof/lineproof/collector/study/protocol"
)

// Kind is a document that there is a template for.
type Kind string

// Kinds there are.
const (
	Acceptance Kind = "acceptance" // biên bản nghiệm thu
	Results    Kind = "result"     // báo cáo kết quả thực hiện
)

// Report is all that a document can say.
type Report struct {
	Particulars
	Asked  protocol.Asked  // the study; of files, its version was never said
	Result protocol.Report // what it came to
	Line   string          // its name or id
	Bundle *Bundle         // nil: there is none yet
}

// Bundle is the file that proves the figures.
type Bundle struct {
	File   string
	SHA256 string // of all of it, hexadecimal
	Line   string
	From   time.Time
	To     time.Time // not included
	Origin string    // the ledger's name; empty: not known, as the next two
	Size   uint64    // entries of the ledger that the bundle's checkpoint is of
	Root   string    // hash of the ledger at that size
}

// Document is a report in the words of one language, block after block.
type Document struct {
	Lang   string
	Title  string
	Dated  time.Time // of the file; the document's own day, or else that of the last shift
	Blocks []Block

	Sheet, DataSheet string // names of a workbook's sheets
}

// dated is a day that follows from the input alone.
func (r Report) dated() time.Time {
	if !r.Office.Date.IsZero() {
		return r.Office.Date.Time
	}
	last := time.Unix(0, 0).UTC()
	for _, s := range r.Asked.Study.After.Shifts {
		if s.Start.After(last) {
			last = s.Start
		}
	}
	return last
}
