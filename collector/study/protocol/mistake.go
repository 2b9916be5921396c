package protocol

import (
	"strconv"
	"strings"
)

// Mistake is something in a protocol that cannot be.
type Mistake struct {
	Path    []string `json:"path" nullable:"false" doc:"where, such as exclude, 0, to; counted from 0"`
	Code    Code     `json:"code" enum:"missing,bad_name,unknown,twice,planned_cycle,unused,bound,lower_is_better,higher_is_better,not_a_level,not_a_change,not_a_part,reversed,too_many,too_long,not_a_value,needs_before,own_line,other_line,periods_meet,too_long_a_time,no_shifts,no_file,own_baseline" doc:"what kind of mistake it is"`
	Value   string   `json:"value,omitempty" doc:"what is wrong, as far as path does not say it"`
	Message string   `json:"message" doc:"in plain English"`
	Hint    string   `json:"hint,omitempty" doc:"what to do"`
}

// Code names a kind of mistake, so that a page can tell it in its reader's language.
type Code string

// The kinds of mistakes.
const (
	Missing        Code = "missing"
	BadName        Code = "bad_name"
	Unknown        Code = "unknown" // a word that is none of those there are; Value is it
	Twice          Code = "twice"
	PlannedCycle   Code = "planned_cycle"    // is missing, for oee
	Unused         Code = "unused"           // what stands there is for another kind of study
	Bound          Code = "bound"            // a target needs one of two
	LowerIsBetter  Code = "lower_is_better"  // and the target is the other way
	HigherIsBetter Code = "higher_is_better" // and the target is the other way
	NotALevel      Code = "not_a_level"      //
	NotAChange     Code = "not_a_change"     // nothing falls by more than its whole
	NotAPart       Code = "not_a_part"       // of 1
	Reversed       Code = "reversed"         // the end comes before the beginning
	TooMany        Code = "too_many"         // Value is how many there may be
	TooLong        Code = "too_long"         // a text; Value is how many characters it may have
	NotAValue      Code = "not_a_value"
	NeedsBefore    Code = "needs_before"
	OwnLine        Code = "own_line"        // another line is for a local peer only
	OtherLine      Code = "other_line"      // a local peer is another line
	PeriodsMeet    Code = "periods_meet"    // a line's own before ends before its after begins
	TooLongATime   Code = "too_long_a_time" // a period; Value is how many days it may have
	NoShifts       Code = "no_shifts"       // the line has no calendar, so no shifts are known
	OwnBaseline    Code = "own_baseline"    // energy saved against a baseline is a change from the line's own before, and a primary metric
	NoFile         Code = "no_file"         // nobody imported that file for the line
)

type mistakes []Mistake

// add takes a mistake at a path, such as exclude.0.to.
func (m *mistakes) add(path string, code Code, value, message, hint string) {
	*m = append(*m, Mistake{Path: strings.Split(path, "."), Code: code, Value: value, Message: message, Hint: hint})
}

func (m *mistakes) long(path, text string, most int) {
	if len([]rune(text)) > most {
		m.add(path, TooLong, strconv.Itoa(most), "the text is too long", "use "+strconv.Itoa(most)+" characters at most")
	}
}

func (m *mistakes) many(path string, n, most int) {
	if n > most {
		m.add(path, TooMany, strconv.Itoa(most), strconv.Itoa(n)+" entries in `"+path+"`", "use "+strconv.Itoa(most)+" at most")
	}
}
