package report_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/collector/report"
)

// run runs a program of others that reads the file.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s is missing: run make deps", name)
	}
	cmd := exec.Command(path, args...)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil || complaints.Len() > 0 {
		t.Fatalf("%s: %v: %s", name, err, &complaints)
	}
	return string(out)
}

func written(t *testing.T, d report.Document) string {
	t.Helper()
	content, err := report.PDF(d)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "report.pdf")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

var spaces = regexp.MustCompile(`\s+`)

// TestOthersReadThePDF: text is whole, each letter of it, and the typeface is in the file.
func TestOthersReadThePDF(t *testing.T) {
	every(t, func(t *testing.T, kind report.Kind, lang string) {
		d := document(t, good(t), kind, lang)
		file := written(t, d)
		text := spaces.ReplaceAllString(run(t, "pdftotext", "-raw", file, "-"), " ")
		for _, word := range append(strings.Fields(letters), "12/BB-TTKC", digest[:20]) {
			if !strings.Contains(text, word) {
				t.Errorf("%q is not in the text", word)
			}
		}
		said := map[string][]string{
			"vi": {"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "Lạng Sơn, ngày 05 tháng 4 năm 2024", "ĐẠT", "ít nhất 97,00 %", "không chứng minh được", "Tết", "Lao động người 8 10"},
			"en": {"SOCIALIST REPUBLIC OF VIET NAM", "ACHIEVED", "at least 97.00%", "do not prove", "Tết"},
		}
		for _, words := range said[lang] {
			if !strings.Contains(strings.ReplaceAll(text, "\u00a0", " "), words) {
				t.Errorf("%q is not in the text", words)
			}
		}
		fonts := strings.Split(strings.TrimSpace(run(t, "pdffonts", file)), "\n")[2:]
		for _, font := range fonts {
			if f := strings.Fields(font); len(fonts) > 4 || f[len(f)-5] != "yes" || f[len(f)-3] != "yes" { // embedded, and with letters for its glyphs
				t.Errorf("font: %s", font)
			}
		}
		if info := run(t, "pdfinfo", file); !strings.Contains(info, "A4") || !strings.Contains(info, "Title:") {
			t.Errorf("%s", info)
		}
	})
}

// TestNothingIsOutsideTheMargins: neither words nor lines, but for the page's number.
func TestNothingIsOutsideTheMargins(t *testing.T) {
	every(t, func(t *testing.T, kind report.Kind, lang string) {
		file := written(t, document(t, good(t), kind, lang))
		pages := 0
		for line := range strings.SplitSeq(run(t, "pdftotext", "-bbox", file, "-"), "\n") {
			if strings.Contains(line, "<page ") {
				pages++
			}
			w := regexp.MustCompile(`xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*)</word>`).FindStringSubmatch(line)
			if w == nil || w[5] == strconv.Itoa(pages) && number(t, w[4]) < 20*mm {
				continue
			}
			if number(t, w[1]) < 29.9*mm || number(t, w[3]) > 195.2*mm || number(t, w[2]) < 19*mm || number(t, w[4]) > 278*mm {
				t.Errorf("page %d: %s is outside", pages, w[0])
			}
		}
		if pages < 3 || pages > 8 {
			t.Errorf("%d pages", pages)
		}
		white(t, file, pages)
	})
}

// TestNobodySignsAnEmptyPage: some words of the text stand above the signatures, however long the text is.
func TestNobodySignsAnEmptyPage(t *testing.T) {
	line := report.Text{Role: report.Paragraph, Runs: []report.Run{{Text: "Trên đây là báo cáo kết quả."}}}
	for lines := range 40 {
		d := report.Document{Blocks: append(slices.Repeat([]report.Block{line}, lines+1), report.Signatures{Columns: make([]report.Signature, 2), Hint: "Ký"})}
		pages := strings.Split(run(t, "pdftotext", written(t, d), "-"), "\f")
		at := slices.IndexFunc(pages, func(text string) bool { return strings.Contains(text, "Ký") })
		if at < 0 || !strings.Contains(pages[at], "báo cáo") {
			t.Errorf("%d lines: page %d of %d bears the signatures alone", lines+1, at+1, len(pages)-1)
		}
	}
}

const mm = 72 / 25.4

func number(t *testing.T, text string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// white looks at the pages' pictures, grey, one after another.
func white(t *testing.T, file string, pages int) {
	t.Helper()
	const resolution = 60 // dots an inch
	pictures := []byte(run(t, "pdftoppm", "-gray", "-r", strconv.Itoa(resolution), file))
	at := func(mm float64) int { return int(mm / 25.4 * resolution) }
	for page := range pages {
		head := regexp.MustCompile(`^P5\s+(\d+)\s+(\d+)\s+255\s`).FindSubmatch(pictures)
		if head == nil {
			t.Fatalf("page %d: no picture", page+1)
		}
		wide, high := int(number(t, string(head[1]))), int(number(t, string(head[2])))
		dots := pictures[len(head[0]):]
		pictures = dots[wide*high:]
		blank(t, page+1, dots, wide, high, at)
	}
}

func blank(t *testing.T, page int, dots []byte, wide, high int, at func(mm float64) int) {
	t.Helper()
	for y := range high {
		for x := range wide {
			inside := x >= at(29.5) && x <= at(195.5) && y >= at(19.5) && y <= at(277.5)
			number := y < at(17) && x > at(100) && x < at(110)
			if !inside && !number && dots[y*wide+x] < 250 {
				t.Fatalf("page %d: a dot at %d, %d", page, x, y)
			}
		}
	}
}

// TestTheCodeLeadsToTheCheck as a telephone would read it from paper.
func TestTheCodeLeadsToTheCheck(t *testing.T) {
	file := written(t, document(t, good(t), report.Acceptance, "vi"))
	pages := strings.Split(run(t, "pdftotext", file, "-"), "\f")
	page := strconv.Itoa(1 + slices.IndexFunc(pages, func(text string) bool { return strings.Contains(text, "Quét mã") }))
	run(t, "pdftoppm", "-r", "150", "-f", page, "-l", page, "-singlefile", "-png", file, strings.TrimSuffix(file, ".pdf"))
	got := run(t, "zbarimg", "--quiet", "--nodbus", "--raw", strings.TrimSuffix(file, "pdf")+"png")
	if want := "https://lineproof.example.vn/verify#sha256=" + digest + "\n"; got != want {
		t.Errorf("read %q, want %q", got, want)
	}
}

// TestTheSameBytes come of the same input, also at the same time.
func TestTheSameBytes(t *testing.T) {
	every(t, func(t *testing.T, kind report.Kind, lang string) {
		for name, write := range map[string]func(report.Document) ([]byte, error){"pdf": report.PDF, "xlsx": report.XLSX} {
			first, err := write(document(t, good(t), kind, lang))
			if err != nil {
				t.Fatal(err)
			}
			second, err := write(document(t, good(t), kind, lang))
			if err != nil || !bytes.Equal(first, second) {
				t.Errorf("%s: %d and %d bytes that differ, %v", name, len(first), len(second), err)
			}
		}
	})
}

// TestWhatIsNotKnownIsLeftToTheHand: nothing is given but eleven shifts, of which some do not know their figures.
func TestWhatIsNotKnownIsLeftToTheHand(t *testing.T) {
	r := good(t)
	r.Particulars, r.Bundle, r.Asked.Secondary, r.Asked.Notes = report.Particulars{}, nil, nil, nil
	r.Asked.Study.Before, r.Asked.Study.After = outcome.Period{}, outcome.Period{Grade: outcome.Typed, Shifts: r.Asked.Study.After.Shifts[:11]}
	r.Result = r.Asked.Report()
	every(t, func(t *testing.T, kind report.Kind, lang string) {
		text := run(t, "pdftotext", "-layout", written(t, document(t, r, kind, lang)), "-")
		want := map[string]string{"vi": "CHƯA ĐỦ DỮ LIỆU", "en": "NOT ENOUGH DATA"}[lang]
		if !strings.Contains(text, want) || !strings.Contains(text, "........................................") {
			t.Errorf("%s", text)
		}
		if strings.Contains(text, "NaN") || strings.Contains(text, "%!") || strings.Contains(text, "report.") {
			t.Errorf("%s", text)
		}
	})
}
