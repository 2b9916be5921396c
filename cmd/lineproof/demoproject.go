package main

import (
	"context"
	"fmt"
	"net/http"

	"github.com/lineproof/lineproof/record"
)

// project is what the programme supported: the new press, with the line and the study that tell whether it worked. Its
// money is invented, as the plant is.
func (d *demo) project() record.Project {
	number := func(n int64) *int64 { return &n }
	before := func(days int) record.Date {
		y, m, day := d.story.Investment.AddDate(0, 0, -days).Date()
		return record.Date{Year: y, Month: m, Day: day}
	}
	return record.Project{
		Code: "DEMO-01", Name: "Mô hình trình diễn dây chuyền gạch bê tông tự động", Establishment: "Tân Thịnh Phát LS (mô phỏng)",
		Lines: []string{"block-line"}, Studies: []string{demoStudy}, Province: "lang-son", Kind: "model", Level: "national", State: "installed",
		Machines: number(2), Support: number(450_000_000), Counterpart: number(2_150_000_000),
		Approved: before(120), Contracted: before(90), Installed: before(0),
	}
}

func (d *demo) writeProject(ctx context.Context, addr string) error {
	minh, err := person(ctx, "http://"+addr, demoPeople[1])
	if err == nil {
		err = minh.ask(ctx, http.MethodPost, "/api/v1/programme/projects", map[string]any{"id": "demo-project", "project": d.project()}, nil)
	}
	if err != nil {
		return fmt.Errorf("write the project down: %w", err)
	}
	return nil
}
