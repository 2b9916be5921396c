package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/lineproof/lineproof/record"
)

// The demonstration's study asks whether the new press keeps what was promised: 97 % good after compression. It is
// registered in the simulated time before the press comes, and concluded when its history has been made.
const (
	demoStudy        = "block-quality"
	registeredBefore = 3 * 24 * time.Hour // the new press
)

// studyEnd is the last midnight before which every shift is over, also one that is worked overtime now.
func studyEnd(now time.Time) time.Time {
	y, m, d := now.Add(-3 * time.Hour).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, now.Location()).UTC()
}

func (d *demo) protocol() record.StudyProtocol {
	figure := func(v float64) *float64 { return &v }
	return record.StudyProtocol{
		Study: demoStudy, Title: record.Names{"vi": "Gạch đạt sau ép với máy ép tự động", "en": "Good blocks after compression with the automatic press"},
		Metric: "quality_ratio", Secondary: []string{"output_per_hour", "energy_per_unit"}, Target: record.StudyTarget{Kind: "level", AtLeast: figure(0.97)},
		Comparator: "own-before", Confidence: 0.95, Method: "auto",
		Before: &record.StudySide{Source: record.StudyMetered, From: d.story.Begin, To: d.story.Investment},
		After:  record.StudySide{Source: record.StudyMetered, From: d.story.Investment, To: d.story.StudyEnd},
		Declared: []record.StudyIndicator{
			{Name: "Lao động trực tiếp", Before: figure(workersBefore), After: figure(workersAfter), Unit: "người/ca"},
			{Name: "Thu nhập bình quân", Before: figure(7.5), After: figure(9), Unit: "triệu đồng/tháng"},
		},
	}
}

// registerStudy says before the investment what will be asked after it.
func (d *demo) registerStudy(p *running) error {
	lan, err := person(p.ctx, "http://"+p.collector.HTTPAddr(), demoPeople[0])
	if err == nil {
		err = lan.ask(p.ctx, http.MethodPost, "/api/v1/studies", map[string]any{"id": "demo-study", "line": "block-line", "protocol": d.protocol()}, nil)
	}
	if err != nil {
		return fmt.Errorf("register the study: %w", err)
	}
	return nil
}

func (d *demo) concludeStudy(ctx context.Context, addr string) error {
	lan, err := person(ctx, "http://"+addr, demoPeople[0])
	if err != nil {
		return err
	}
	return lan.ask(ctx, http.MethodPost, "/api/v1/studies/"+demoStudy+"/conclude", map[string]any{"id": "demo-verdict"}, nil)
}
