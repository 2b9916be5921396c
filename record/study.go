package record

import (
	"encoding/json"
	"time"
)

// StudyProtocol is one version of what a study asks: which line, which figure, which target, before and after when. It is
// sealed before its reporting period begins, so that the answer cannot choose the question. Who changes it says another
// version that replaces it; both stay.
type StudyProtocol struct {
	Study        string           `json:"study"` // by CheckName; what all its versions share
	Title        Names            `json:"title,omitempty"`
	Site         string           `json:"site,omitempty"`
	Metric       string           `json:"metric"`                  // as collector/outcome names it, such as quality_ratio
	Secondary    []string         `json:"secondary,omitempty"`     // further metrics, without a target
	PlannedCycle Duration         `json:"planned_cycle,omitempty"` // planned time of one unit, for the metric oee
	Target       StudyTarget      `json:"target"`
	Covariate    *StudyCovariate  `json:"covariate,omitempty"` // what explains energy beside output, for the metric avoided_energy; nil: output alone
	Comparator   string           `json:"comparator"`          // own-before, local-peer or declared
	Confidence   float64          `json:"confidence"`          // of intervals, 0.95
	Method       string           `json:"method"`              // auto, cluster-ratio, block-bootstrap or newey-west
	Machine      string           `json:"machine,omitempty"`   // of the line; empty: the line as its key performance indicators count it
	Before       *StudySide       `json:"before,omitempty"`    // nil: a level that stands by itself
	After        StudySide        `json:"after"`               // the reporting period
	Exclude      []StudyExclusion `json:"exclude,omitempty"`   // days that are left out of both sides
	Declared     []StudyIndicator `json:"declared,omitempty"`  // shown beside what was measured, never in the verdict
	Draft        bool             `json:"draft,omitempty"`     // not registered yet: it may have holes and is no promise
	Comment      string           `json:"comment,omitempty"`   // why it was changed
	Replaces     string           `json:"replaces,omitempty"`  // id of the statement with the version before
}

// StudyCovariate is what explains energy beside output: a column of the shift log and of imported files. Of a metered side it is
// the mean of a measure of the line over each shift.
type StudyCovariate struct {
	Column  string `json:"column"`            // temperature
	Machine string `json:"machine,omitempty"` // that the line model gives the measure to
	Measure string `json:"measure,omitempty"` // by its name in the line model
}

// StudyTarget is what was promised. One of the bounds is set.
type StudyTarget struct {
	Kind    string   `json:"kind"` // level, change or difference
	AtLeast *float64 `json:"at_least,omitempty"`
	AtMost  *float64 `json:"at_most,omitempty"`
}

// Where the figures of a side come from.
const (
	StudyMetered  = "metered"  // what gateways sealed, grade A
	StudyImported = "records"  // StatementRecords: machine records from a file, grade B
	StudyLog      = "log"      // the shift log, grade C where a second person countersigned it, else D
	StudyDeclared = "declared" // a value that somebody says, grade D
)

// StudySide is one side of a study: the shifts that begin within a time, or a value.
type StudySide struct {
	Source string    `json:"source"`
	Line   string    `json:"line,omitempty"` // of a local peer; empty: the study's own
	From   time.Time `json:"from,omitzero"`  // included
	To     time.Time `json:"to,omitzero"`    // not included
	Value  *float64  `json:"value,omitempty"`
	File   *Hash     `json:"file,omitempty"` // of machine records: SHA-256 of the file that was imported
}

// StudyExclusion is days, both ends included, in the line's time zone. Shifts that begin on them are left out.
type StudyExclusion struct {
	From Date   `json:"from"`
	To   Date   `json:"to"`
	Why  string `json:"why"`
}

// StudyIndicator is what nobody measures: jobs, income, revenue, as somebody says it.
type StudyIndicator struct {
	Name   string   `json:"name"`
	Before *float64 `json:"before,omitempty"`
	After  *float64 `json:"after,omitempty"`
	Unit   string   `json:"unit,omitempty"`
}

// StudyVerdict is what a study came to when somebody concluded it, worked out by the collector from what was in its ledger
// by then.
type StudyVerdict struct {
	Study    string          `json:"study"`
	Protocol Hash            `json:"protocol"` // SHA-256 of the body of the StudyProtocol that it answers
	Until    time.Time       `json:"until"`    // shifts that ended later do not count
	Result   json.RawMessage `json:"result"`   // Report of package collector/study/protocol
}

// StudyWithdrawal takes a study back for good, by the author of the version that stands, before anybody concluded it. All that
// was said of the study stays.
type StudyWithdrawal struct {
	Study    string `json:"study"`
	Protocol Hash   `json:"protocol"` // SHA-256 of the body of the StudyProtocol that stood
	Why      string `json:"why"`
}

// MachineRecords are machine records from a file, as many statements as they need. All rows of one file are of one line.
type MachineRecords struct {
	File Hash        `json:"file"` // SHA-256 of the whole file
	Name string      `json:"name"` // of the file
	Part int         `json:"part"` // from 0 on
	Of   int         `json:"of"`   // parts
	Rows []RecordRow `json:"rows"`
}

// RecordRow is one shift of a file, in the columns of the shift log.
type RecordRow struct {
	Start time.Time `json:"shift_start"`
	ShiftEntry
}
