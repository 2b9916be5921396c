package record

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/lineproof/lineproof/record/recordpb"
)

// Office is the name under which the collector seals what people say on its pages. It is a gateway like the
// others, with a chain of its own in the same ledger, but it reads nothing, and no gateway may bear its name.
const Office = "office"

// Statement is something that a person said: why a line stood, what a shift made, when a line is meant to run.
// Nothing that was said is ever changed: who corrects it says it anew.
type Statement struct {
	ID    string        // 1 to 64 bytes, chosen by whoever says it: what comes twice with one ID is one
	Kind  StatementKind // what Body is
	Line  string        // that it is of; empty where it is of none
	About time.Time     // when what it is about begins, whole milliseconds
	Said  time.Time     // by the collector's clock, whole milliseconds
	By    string        // who says so, 1 to 100 bytes
	Body  []byte        // JSON, by Kind
}

// Stated is a statement with its place in the ledger.
type Stated struct {
	Statement
	Ledger uint64 // index of the batch that holds it
}

// StatementKind names what is said. A program that does not know one keeps it and makes nothing of it.
type StatementKind string

// What is said so far, with the type of the body.
const (
	StatementStop       StatementKind = "stop"       // StopNote; About is when the stop began
	StatementShift      StatementKind = "shift"      // ShiftEntry; About is when the shift began
	StatementSignature  StatementKind = "signature"  // Signature; About is when the shift began
	StatementPerson     StatementKind = "person"     // Person; About is when they enrolled
	StatementLine       StatementKind = "line"       // DeclaredLine; About is when it was declared
	StatementCalendar   StatementKind = "calendar"   // CalendarChange; About is when it takes effect, a whole minute
	StatementCount      StatementKind = "count"      // HandCount; About is when counting began, a whole minute
	StatementProject    StatementKind = "project"    // Project; About is the day it was approved, or when it was said
	StatementStudy      StatementKind = "study"      // StudyProtocol; About is when the reporting period begins
	StatementVerdict    StatementKind = "verdict"    // StudyVerdict; About is when the reporting period began
	StatementWithdrawal StatementKind = "withdrawal" // StudyWithdrawal; About is when the reporting period begins
	StatementRecords    StatementKind = "records"    // MachineRecords; About is when the first shift of the part began
)

// StopNote is what a person says of a stop.
type StopNote struct {
	Machine string `json:"machine"`
	Reason  string `json:"reason,omitempty"` // GROUP/REASON; empty for a comment alone
	Comment string `json:"comment,omitempty"`
}

// HandCount is what a person counted at a machine, to be held against its meters.
type HandCount struct {
	Machine  string    `json:"machine"`
	To       time.Time `json:"to"` // a whole minute
	Produced int64     `json:"produced_quantity"`
	Scrap    *int64    `json:"scrap_quantity,omitempty"` // part of Produced; nil: not counted
	Comment  string    `json:"comment,omitempty"`
	Replaces string    `json:"replaces,omitempty"` // id of the count that it corrects
}

// Person is somebody who signs what they say.
type Person struct {
	Name string `json:"name"`
}

// DeclaredLine is a line that no gateway reads, as people describe it.
type DeclaredLine struct {
	Site     string `json:"site"`
	Timezone string `json:"timezone"` // IANA name
	Line     Line   `json:"line"`
}

// CalendarChange is when a line is meant to run from a time on. Shifts that began before it run on as they were planned.
type CalendarChange struct {
	Calendar *Calendar `json:"calendar"` // nil: around the clock; of a line that no gateway reads, whenever people say that it ran
	Comment  string    `json:"comment,omitempty"`
}

// NewStatement packs what somebody says.
func NewStatement(id string, kind StatementKind, by string, body any) (Statement, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return Statement{}, fmt.Errorf("statement of kind %s: %w", kind, err)
	}
	return Statement{ID: id, Kind: kind, By: by, Body: text}, nil
}

// Decode reads the body into what its kind is.
func (s Statement) Decode(body any) error {
	if err := json.Unmarshal(s.Body, body); err != nil {
		return fmt.Errorf("statement %s of kind %s: %w", s.ID, s.Kind, err)
	}
	return nil
}

func toStatement(s Statement) *recordpb.Statement {
	return &recordpb.Statement{
		Id: s.ID, Kind: string(s.Kind), Line: s.Line, About: s.About.UnixMilli(), Said: s.Said.UnixMilli(), By: s.By, Body: s.Body,
	}
}

const (
	longestID   = 64
	longestName = 100
)

func fromStatement(w *recordpb.Statement) (Statement, error) {
	s := Statement{
		ID: w.Id, Kind: StatementKind(w.Kind), Line: w.Line, About: fromMillis(w.About), Said: fromMillis(w.Said), By: w.By, Body: w.Body,
	}
	return s, s.Check()
}

// Check tells whether the statement can be sealed, and opened again.
func (s Statement) Check() error {
	switch {
	case s.ID == "" || len(s.ID) > longestID || !utf8.ValidString(s.ID):
		return fmt.Errorf("an id of %d bytes; use 1 to %d", len(s.ID), longestID)
	case s.Kind == "" || !utf8.ValidString(string(s.Kind)):
		return errors.New("a statement of no kind")
	case s.By == "" || len(s.By) > longestName || !utf8.ValidString(s.By):
		return fmt.Errorf("a name of %d bytes; use 1 to %d", len(s.By), longestName)
	case !json.Valid(s.Body):
		return errors.New("a body that is not JSON")
	}
	if s.Line == "" {
		return nil
	}
	return CheckName(s.Line)
}
