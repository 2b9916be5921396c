package protocol

import (
	"slices"
	"time"

	"github.com/lineproof/lineproof/collector/shiftlog/entries"
	"github.com/lineproof/lineproof/record"
)

// Withdrawal is that a study was taken back, for ever.
type Withdrawal struct {
	record.StudyWithdrawal
	ID     string    `json:"id"`
	By     string    `json:"by"`
	Said   time.Time `json:"said"`
	Ledger uint64    `json:"ledger"`
	Begun  bool      `json:"begun"` // the reporting period of a registered version had begun: its answer may have been in sight
}

// Withdrawn is the study's withdrawal; nil where there is none.
func (s Study) Withdrawn() *Withdrawal { return s.Current().Withdrawn }

// Withdrawable tells whether somebody may take the study back: who said the version that stands, as long as nobody concluded it.
func (s Study) Withdrawable(by string) bool {
	v := s.Current()
	return v.By == by && len(v.Verdicts) == 0 && v.Withdrawn == nil
}

// withdraw takes a study back. A word of somebody else, or of another version than the one that stands, takes nothing back.
func withdraw(all []Study, at map[string]int, s entries.Statement) error {
	w := Withdrawal{ID: s.ID, By: s.By, Said: s.Said, Ledger: s.Ledger}
	if err := s.Decode(&w.StudyWithdrawal); err != nil {
		return err
	}
	i, ok := at[w.Study]
	if !ok || !all[i].Withdrawable(w.By) || all[i].Current().Hash != w.Protocol {
		return nil
	}
	w.Begun = slices.ContainsFunc(all[i].Versions, func(v Version) bool { return !v.Draft && !w.Said.Before(v.After.From) })
	current := all[i].Current().ID
	for n := range all[i].Versions {
		if v := &all[i].Versions[n]; v.ID == current {
			v.Withdrawn = &w
		}
	}
	return nil
}
