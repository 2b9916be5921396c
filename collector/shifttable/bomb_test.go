package shifttable

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/lineproof/lineproof/collector/cells"
)

// zipped is the workbook calc.xlsx with a part put in the place of its own.
func zipped(t testing.TB, part string, content io.Reader) []byte {
	t.Helper()
	source := file(t, "calc.xlsx")
	from, err := zip.NewReader(bytes.NewReader(source), int64(len(source)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	to := zip.NewWriter(&out)
	to.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	for _, f := range from.File {
		if f.Name != part {
			if err := to.Copy(f); err != nil {
				t.Fatal(err)
			}
			continue
		}
		w, err := to.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(w, content); err != nil {
			t.Fatal(err)
		}
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// endless repeats a text so many times between a beginning and an end.
func endless(begin, again, end string, times int) io.Reader {
	block := strings.Repeat(again, 10_000)
	all := []io.Reader{strings.NewReader(begin)}
	for range times / 10_000 {
		all = append(all, strings.NewReader(block))
	}
	return io.MultiReader(append(all, strings.NewReader(end))...)
}

func TestZipBombs(t *testing.T) {
	const head = `<row r="1"><c t="inlineStr"><is><t>shift_start</t></is></c><c t="inlineStr"><is><t>shift_end</t></is></c></row>`
	for _, c := range []struct {
		name, part        string
		begin, again, end string
		times             int
		want              Code
	}{
		{"empty rows", "xl/worksheets/sheet1.xml", "<worksheet><sheetData>" + head, "<row/>", "</sheetData></worksheet>", 1_100_000, cells.BadWorkbook},
		{"empty cells", "xl/worksheets/sheet1.xml", "<worksheet><sheetData>" + head + `<row r="2">`, "<c/>", "</row></sheetData></worksheet>", 2_100_000, cells.TooLarge},
		{"cells in one row", "xl/worksheets/sheet1.xml", "<worksheet><sheetData>" + head + `<row r="2">`, "<c><v>1</v></c>", "</row></sheetData></worksheet>", 100_000, cells.TooWide},
		{"rows", "xl/worksheets/sheet1.xml", "<worksheet><sheetData>" + head, "<row><c><v>1</v></c></row>", "</sheetData></worksheet>", 100_000, cells.TooManyRows},
		{"merged cells", "xl/worksheets/sheet1.xml", "<worksheet><sheetData>" + head + "</sheetData><mergeCells>", `<mergeCell ref="A1:B9"/>`, "</mergeCells></worksheet>", 250_000, cells.TooLarge},
		{"texts", "xl/sharedStrings.xml", "<sst>", "<si/>", "</sst>", 1_100_000, cells.TooLarge},
		{"one text", "xl/sharedStrings.xml", "<sst><si><t>", "xxxxxxxxxx", "</t></si></sst>", 7_000_000, cells.TooLarge},
		{"styles", "xl/styles.xml", "<styleSheet><cellXfs>", "<xf/>", "</cellXfs></styleSheet>", 1_000_000, cells.TooLarge},
		{"sheets", "xl/workbook.xml", "<workbook><sheets>", "<sheet/>", "</sheets></workbook>", 700_000, cells.TooLarge},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := zipped(t, c.part, endless(c.begin, c.again, c.end, c.times))
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			_, err := Read("bomb.xlsx", data, hanoi(t))
			runtime.ReadMemStats(&after)
			var got *Unreadable
			if !errors.As(err, &got) || got.Code != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
			// HeapSys grows with the heap's peak and is not given back.
			if grown := (int64(after.HeapSys) - int64(before.HeapSys)) >> 20; grown > 300 {
				t.Errorf("%d bytes of file made the heap grow by %d MB", len(data), grown)
			}
		})
	}
}

// TestALyingZipBomb says that its styles are small.
func TestALyingZipBomb(t *testing.T) {
	data := zipped(t, "xl/styles.xml", endless("<styleSheet><cellXfs>", "<xf/>", "</cellXfs></styleSheet>", 1_000_000))
	var size [4]byte
	binary.LittleEndian.PutUint32(size[:], 5_000_000+uint32(len("<styleSheet><cellXfs></cellXfs></styleSheet>")))
	at := bytes.LastIndex(data, size[:]) // in the directory
	if at < 0 {
		t.Fatal("the size is not in the directory")
	}
	copy(data[at:], []byte{100, 0, 0, 0})
	_, err := Read("bomb.xlsx", data, hanoi(t))
	var got *Unreadable
	if !errors.As(err, &got) || got.Code != cells.BadWorkbook && got.Code != cells.TooLarge {
		t.Errorf("got %v, want that it cannot be read", err)
	}
}

// TestALargeLog is the largest that is taken.
func TestALargeLog(t *testing.T) {
	var text strings.Builder
	text.WriteString("shift_start,shift_end,produced\n")
	for n := range cells.MostRows {
		fmt.Fprintf(&text, "2026-01-01T00:%02d:%02d.%03dZ,2026-01-01T08:00:00Z,%d\n", n/60_000, n/1000%60, n%1000, n)
	}
	got, err := Read("log.csv", []byte(text.String()), hanoi(t))
	if err != nil || len(got.Rows) != cells.MostRows || len(got.Problems) != 0 {
		t.Fatalf("%d rows, %d problems, %v", len(got.Rows), len(got.Problems), err)
	}
	const some = 5_000 // of them, for the race detector makes workbooks slow
	var out bytes.Buffer
	if err := WriteXLSX(&out, got.Rows[:some], hanoi(t), "vi"); err != nil {
		t.Fatal(err)
	}
	again, err := Read("log.xlsx", out.Bytes(), hanoi(t))
	if err != nil || len(again.Rows) != some || len(again.Problems) != 0 {
		t.Fatalf("workbook: %d rows, %d problems, %v", len(again.Rows), len(again.Problems), err)
	}
}
