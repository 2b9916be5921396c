package collector

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/collector/programme"
	"github.com/lineproof/lineproof/collector/projects"
	"github.com/lineproof/lineproof/record"
)

// TestTheProgrammeSeesItsLines looks at a line that counted while it stood, whose gateway went silent, and at one that there
// is not.
func TestTheProgrammeSeesItsLines(t *testing.T) {
	h := collectortest.OpenHall(t, collectortest.Morning)
	h.Remember()
	g := collectortest.NewGateway("huu-lung-01", collectortest.Morning)
	line := collectortest.Line("huu-lung-01")
	h.Work(g, 60, collectortest.Execute, 4, 1)
	h.Work(g, 30, collectortest.Stopped, 4, 1)
	h.MoveTo(collectortest.Morning.Add(26 * time.Hour))
	sources := projects.Sources{
		Studies:   func(context.Context) ([]programme.SiteStudy, error) { return nil, nil },
		Witnesses: func() programme.Witnesses { return programme.Witnesses{} },
	}
	id, err := h.Projects.Write(t.Context(), "Lan", projects.Draft{ID: "s1", Project: record.Project{
		Code: "A", Name: "Máy ép", Establishment: "An", Kind: "model", State: "contracted", Lines: []string{line, "gone"}, Studies: []string{"none"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	doubts := func() (codes []string) {
		d, err := h.Projects.Detail(t.Context(), id, sources)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range d.Doubts {
			codes = append(codes, one.Code)
		}
		return codes
	}
	if diff := cmp.Diff([]string{"study_gone"}, doubts()); diff != "" {
		t.Errorf("before anybody looked (-want +got):\n%s", diff)
	}
	if err := h.Projects.Look(t.Context(), lookout{h.Board}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"silent", "coverage", "findings", "line_gone", "study_gone"}, doubts()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	o, err := h.Projects.Overview(t.Context(), projects.Asked{}, sources)
	if err != nil || len(o.Weak) != 1 || o.Looked == nil || !o.Witnesses.Missing() {
		t.Errorf("%+v, %v", o, err)
	}
	h.MoveTo(collectortest.Morning.AddDate(0, 2, 0))
	if months, err := (lookout{h.Board}).Months(t.Context(), line); err != nil || len(months) != 0 {
		t.Errorf("months %v, %v, of a gateway that was not heard to the end of one", months, err)
	}
	if made, err := (lookout{h.Board}).Made(t.Context(), line, 2026, time.March); err != nil || made != nil {
		t.Errorf("a month of which an hour and a half was seen: %v, %v", made, err)
	}
}
