package web

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/lineproof/lineproof/collector/collectortest"
)

// textOf reads a PDF with a program of others.
func textOf(t *testing.T, pdf string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.pdf")
	if err := os.WriteFile(file, []byte(pdf), 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := exec.Command("pdftotext", "-raw", file, "-").Output()
	if err != nil {
		t.Fatalf("pdftotext: %v: run make deps", err)
	}
	return strings.Join(strings.Fields(string(text)), " ")
}

// TestADocumentOfAStudy has the office's particulars, the line's name, and the digest of the bundle that was taken.
func TestADocumentOfAStudy(t *testing.T) {
	files := fstest.MapFS{"press-quality.yaml": {Data: []byte("office: {name: Trung tâm Khuyến công, place: Lạng Sơn, date: 2026-03-20}\ndeclared: [{name: thu nhập, after: 9000000}]\n")}}
	s := open(t, func(o *Options) {
		o.Reports = files
		o.Bundle = func(context.Context, BundleOf) (func(context.Context, io.Writer) error, error) {
			return func(_ context.Context, w io.Writer) error { _, err := io.WriteString(w, "all of it"); return err }, nil
		}
	})
	lan := s.enrol("Lan")
	s.register(lan, studyBody("v1", protocolOf(collectortest.Morning.AddDate(0, 0, 7), `,"declared":[{"name":"lao động","before":8,"after":10}]`)), http.StatusNoContent)
	path := "/api/v1/studies/press-quality/report."
	first := s.want(s.get(path+"pdf"), http.StatusOK)
	if got := first.Header.Get("Content-Disposition"); got != `attachment; filename="press-quality_acceptance.pdf"` {
		t.Errorf("saved as %s", got)
	}
	text := textOf(t, first.body)
	for _, want := range []string{"TRUNG TÂM KHUYẾN CÔNG", "ngày 20 tháng 3 năm 2026", "CHƯA ĐỦ DỮ LIỆU", "lao động 8 10", "thu nhập 9.000.000", "Lan, lúc", "Chưa ai kết luận", "Tỷ lệ đạt"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %s", want, text)
		}
	}
	s.want(s.get("/api/v1/studies/press-quality/bundle"), http.StatusOK)
	digest := fmt.Sprintf("%x", sha256.Sum256([]byte("all of it")))
	if text := textOf(t, s.want(s.get(path+"pdf?kind=result&lang=en"), http.StatusOK).body); !strings.Contains(strings.ReplaceAll(text, " ", ""), digest) || !strings.Contains(text, "NOT ENOUGH DATA") {
		t.Errorf("no digest %s: %s", digest, text)
	}
	if a := s.want(s.get(path+"xlsx"), http.StatusOK); !strings.HasPrefix(a.body, "PK") || a.Header.Get("Content-Type") != xlsxType {
		t.Errorf("%s", a.Header.Get("Content-Type"))
	}

	s.want(s.send(http.MethodPost, "/api/v1/programme/projects", lan, []byte(`{"id":"p1","project":{"code":"KC-7","name":"Máy ép gạch tự động","establishment":"Tân Thịnh Phát","province":"lang-son","kind":"model","level":"national","state":"approved","approved":"2026-01-05","studies":["press-quality"],"support":300000000,"counterpart":1200000000}}`)), http.StatusOK)
	if text := textOf(t, s.want(s.get(path+"pdf?kind=result"), http.StatusOK).body); !strings.Contains(text, "KC-7") || !strings.Contains(text, "Tân Thịnh Phát") || !strings.Contains(text, "Kinh phí khuyến công 300.000.000") || !strings.Contains(text, "Vốn đối ứng của đơn vị thụ hưởng 1.200.000.000") {
		t.Errorf("what the programme knows of the project is not in %s", text)
	}

	files["acceptance.vi.txt"] = &fstest.MapFile{Data: []byte("# {project.nmae}\n")}
	if a := s.want(s.get(path+"pdf"), http.StatusUnprocessableEntity); !strings.Contains(a.body, "acceptance.vi.txt:1:4: there is no field") {
		t.Errorf("%s", a.body)
	}
	files["acceptance.vi.txt"] = &fstest.MapFile{Data: []byte("# CỦA CHÚNG TÔI\n")}
	if text := textOf(t, s.want(s.get(path+"pdf"), http.StatusOK).body); text != "CỦA CHÚNG TÔI" {
		t.Errorf("the office's own template gives %q", text)
	}
}

func TestADraftHasNoDocument(t *testing.T) {
	s := open(t)
	s.register(s.enrol("Lan"), studyBody("v1", protocolOf(collectortest.Morning.AddDate(0, 0, 7), `,"draft":true`)), http.StatusNoContent)
	s.want(s.get("/api/v1/studies/press-quality/report.pdf"), http.StatusUnprocessableEntity)
	s.want(s.get("/api/v1/studies/none/report.pdf"), http.StatusNotFound)
}
