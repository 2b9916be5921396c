package audit

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"

	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/internal/tongue/spoken"
)

//go:embed page.html
var pageText string

// Page is the report as one page that needs nothing else, in both languages.
func (r *Report) Page() ([]byte, error) {
	type half struct {
		Tongue tongue.Tongue
		Report *Report
	}
	var halves []half
	for _, lang := range []string{tongue.Vietnamese, tongue.English} {
		t, err := spoken.New(lang)
		if err != nil {
			return nil, err
		}
		halves = append(halves, half{t, r})
	}
	page, err := template.New("page").Parse(pageText)
	if err != nil {
		return nil, fmt.Errorf("report as a page: %w", err)
	}
	var b bytes.Buffer
	if err := page.Execute(&b, halves); err != nil {
		return nil, fmt.Errorf("report as a page: %w", err)
	}
	return b.Bytes(), nil
}
