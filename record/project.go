package record

import "time"

// Project is one version of what an office says of one project (đề án) that the programme supports. What is nil or empty
// is not known, which is not 0.
type Project struct {
	ID            string   `json:"project,omitempty"` // stays the same over versions
	Code          string   `json:"code"`              // the office's own
	Name          string   `json:"name"`
	Establishment string   `json:"establishment,omitempty"` // that the support is for
	Site          string   `json:"site,omitempty"`          // as gateways and declared lines name it
	Lines         []string `json:"lines,omitempty"`         // that were supported; many establishments have no gateway
	Province      string   `json:"province,omitempty"`      // of the office's list, by its id
	Kind          string   `json:"kind,omitempty"`          // of the office's lists, as are the next two
	Level         string   `json:"level,omitempty"`
	State         string   `json:"state"` // of the procedure

	// Of a row of a statistic, of which the single projects are not known.
	Projects       *int64 `json:"projects,omitempty"`       // how many it stands for, 0 for money that cannot be split; nil: it is one project
	Establishments *int64 `json:"establishments,omitempty"` // how many they are of
	Years          string `json:"years,omitempty"`          // 2019, or 2016-2020, where no day is known

	Machines    *int64 `json:"machines,omitempty"`
	Support     *int64 `json:"support,omitempty"`     // public money, whole VND
	Counterpart *int64 `json:"counterpart,omitempty"` // the establishment's own, whole VND

	Approved   Date `json:"approved,omitzero"`
	Contracted Date `json:"contracted,omitzero"`
	Installed  Date `json:"installed,omitzero"`
	Accepted   Date `json:"accepted,omitzero"`

	Studies   []string   `json:"studies,omitempty"` // by name
	Documents []Document `json:"documents,omitempty"`
	Note      string     `json:"note,omitempty"`

	Replaces string `json:"replaces,omitempty"` // ID of the statement with the version before
	Source   string `json:"source,omitempty"`   // file and row that it was read from; empty when typed
}

// Document is a paper of a project.
type Document struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256,omitempty"` // 64 hexadecimal digits, of its file
	Link   string `json:"link,omitempty"`   // https://...
}

// About is the day that a statement of the project is about: when it was approved, midnight in UTC; zero where that is not
// known.
func (p Project) About() time.Time {
	if p.Approved == (Date{}) {
		return time.Time{}
	}
	return time.Date(p.Approved.Year, p.Approved.Month, p.Approved.Day, 0, 0, 0, 0, time.UTC)
}
