package audit_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/evidence/audit"
	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/internal/tongue/spoken"
)

// TestCalibrationsInForceAreListed: of the three that the scale had, the first ended before the bundle begins.
func TestCalibrationsInForceAreListed(t *testing.T) {
	h := good(t)
	notes := h.check(t, h.bundle).Check(audit.Catalogues).Notes
	for lang, want := range map[string][]string{
		tongue.English: {
			"scale.weight: calibrated on 2026-02-27 by Minh; in force already when the bundle's batches begin, 2026-03-02 00:05 UTC",
			"scale.weight: calibrated on 2026-03-02 by Trung tâm Đo lường; in force from 2026-03-02 01:35 UTC on",
		},
		tongue.Vietnamese: {
			"scale.weight: Minh hiệu chuẩn ngày 27/02/2026; đã có hiệu lực khi các lô của hồ sơ bắt đầu, 00:05 02/03/2026 UTC",
			"scale.weight: Trung tâm Đo lường hiệu chuẩn ngày 02/03/2026; có hiệu lực từ 01:35 02/03/2026 UTC",
		},
	} {
		words, err := spoken.New(lang)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, n := range notes {
			got = append(got, words.Text(n))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", lang, diff)
		}
	}
}
