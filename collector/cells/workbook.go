package cells

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// The parts of a workbook are read here rather than by excelize, which keeps the whole of an unpacked file, or puts
// it on the disk, and which does not say of a row's cells whether they are numbers, dates, or formulas without a
// result.

// What is unpacked at most of one file: all together, and of a part that is kept whole.
const (
	mostUnpacked  = 64 << 20
	mostOfOnePart = 4 << 20
	mostStrings   = 1_000_000
	mostMerged    = 200_000
	mostCells     = 40 * MostRows // with a value or without, on all sheets
)

var errUnpacked = errors.New("too much to unpack")

// parts are the files within a workbook.
type parts struct {
	files map[string]*zip.File // by small letters
	left  int64                // bytes that may still be unpacked
	cells int                  // that were read
}

// book is what the parts of a workbook beside its sheets say.
type book struct {
	*parts
	system  int
	sheets  []sheetPart
	strings []string
	isDate  []bool // by style
}

type sheetPart struct{ name, part string }

func (n names) readWorkbook(data []byte) (*grid, error) {
	g, err := n.workbookGrid(data)
	var said *Unreadable
	switch {
	case err == nil, errors.As(err, &said):
		return g, err
	case errors.Is(err, errUnpacked):
		return nil, unreadable(TooLarge, "the workbook unpacks to more than %d MB", mostUnpacked>>20)
	}
	return nil, unreadable(BadWorkbook, "the file is not an Excel workbook (.xlsx) that can be read: %v", err)
}

// workbookGrid reads the first sheet that has a header, and names the others that have one.
func (n names) workbookGrid(data []byte) (*grid, error) {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	b := book{parts: &parts{files: map[string]*zip.File{}, left: mostUnpacked}}
	said := uint64(0)
	for _, f := range archive.File {
		if said += min(f.UncompressedSize64, mostUnpacked+1); said > mostUnpacked {
			return nil, errUnpacked
		}
		b.files[strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/"))] = f
	}
	if err := b.open(); err != nil {
		return nil, err
	}
	var chosen *sheetPart
	var ignored []string
	for i, s := range b.sheets {
		top, err := b.sheet(s, lastHeaderRow)
		if err != nil {
			return nil, fmt.Errorf("sheet %s: %w", s.name, err)
		}
		if _, known := n.bestHeader(top.lines); known == 0 {
			continue
		}
		if chosen != nil {
			ignored = append(ignored, s.name)
			continue
		}
		chosen = &b.sheets[i]
	}
	if chosen == nil {
		return nil, unreadable(NoHeader, "no sheet names the columns of a %s in its first %d rows", n.noun, lastHeaderRow)
	}
	g, err := b.sheet(*chosen, 0)
	if err != nil {
		return nil, fmt.Errorf("sheet %s: %w", chosen.name, err)
	}
	g.ignored = ignored
	return g, nil
}

func (b *book) open() error {
	root, err := b.relations("_rels/.rels", "")
	if err != nil {
		return err
	}
	main := ""
	for _, r := range root {
		if strings.HasSuffix(r.Type, "/officeDocument") {
			main = r.Target
		}
	}
	var w struct {
		Properties struct {
			Date1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			Name string     `xml:"name,attr"`
			Attr []xml.Attr `xml:",any,attr"`
		} `xml:"sheets>sheet"`
	}
	if err := b.decode(main, &w); err != nil {
		return err
	}
	b.system = 1900
	if w.Properties.Date1904 == "1" || w.Properties.Date1904 == "true" {
		b.system = 1904
	}
	folder := path.Dir(main)
	related, err := b.relations(path.Join(folder, "_rels", path.Base(main)+".rels"), folder)
	if err != nil {
		return err
	}
	for _, s := range w.Sheets {
		for _, a := range s.Attr {
			if r, ok := related[a.Value]; ok && a.Name.Local == "id" && strings.HasSuffix(r.Type, "/worksheet") {
				b.sheets = append(b.sheets, sheetPart{s.Name, r.Target})
			}
		}
	}
	return b.shared(related)
}

// shared reads what the sheets have in common.
func (b *book) shared(related map[string]relation) (err error) {
	for _, r := range related {
		switch {
		case strings.HasSuffix(r.Type, "/sharedStrings"):
			b.strings, err = b.readStrings(r.Target)
		case strings.HasSuffix(r.Type, "/styles"):
			b.isDate, err = b.readStyles(r.Target)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

type relation struct {
	ID     string `xml:"Id,attr"`
	Type   string `xml:",attr"`
	Target string `xml:",attr"`
}

// relations are by their IDs, their targets names of parts.
func (p *parts) relations(part, folder string) (map[string]relation, error) {
	var list struct {
		All []relation `xml:"Relationship"`
	}
	if err := p.decode(part, &list); err != nil {
		return nil, err
	}
	all := map[string]relation{}
	for _, r := range list.All {
		if strings.HasPrefix(r.Target, "/") {
			r.Target = path.Clean(r.Target[1:])
		} else {
			r.Target = path.Join(folder, r.Target)
		}
		all[r.ID] = r
	}
	return all, nil
}

// reader unpacks a part, at most so many bytes of it.
func (p *parts) reader(part string, most int64) (io.ReadCloser, error) {
	f, ok := p.files[strings.ToLower(part)]
	if !ok {
		return nil, fmt.Errorf("there is no %s in it", part)
	}
	if f.UncompressedSize64 > uint64(most) {
		return nil, errUnpacked
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", part, err)
	}
	return &bounded{ReadCloser: r, all: &p.left, left: most}, nil
}

func (p *parts) decode(part string, into any) error {
	r, err := p.reader(part, mostOfOnePart)
	if err != nil {
		return err
	}
	defer r.Close()
	if err := xml.NewDecoder(r).Decode(into); err != nil {
		return fmt.Errorf("%s: %w", part, err)
	}
	return nil
}

// bounded counts what was really unpacked, for a file may lie about its sizes.
type bounded struct {
	io.ReadCloser
	all  *int64
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	*b.all -= int64(n)
	b.left -= int64(n)
	if *b.all < 0 || b.left < 0 {
		return n, errUnpacked
	}
	return n, err
}
