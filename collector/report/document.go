package report

// Block is a piece of a document: one of the types below.
type Block interface{}

// Run is text of one style. Blank is a place to fill in by hand.
type Run struct {
	Text   string
	Bold   bool
	Italic bool
	Blank  bool
}

// Role is what a text is in the document.
type Role int

// Roles there are.
const (
	Paragraph Role = iota
	Title
	Subtitle
	Section
	Subsection
	Basis
	Item
	Caption
)

// Text is a line of the template, or what an element says in words.
type Text struct {
	Role Role
	Runs []Run
}

// Letterhead is the head of an official document.
type Letterhead struct {
	Above, Office  string
	State, Motto   string
	Number, Issued []Run // number and sign; place and date
}

// Table has columns of relative widths. Cells of the first row are the heads.
type Table struct {
	Widths []float64
	Rows   [][]Cell
	Small  bool // of an annex
	Read   bool // line by line, so that numbers stand where texts do
}

// Cell is a text, or a number with its text. Format is how a spreadsheet shows the number.
type Cell struct {
	Text   string
	Number *float64
	Format string
	Bold   bool
}

// Signatures stand side by side. Recipients, if any, stand at the left of the last one.
type Signatures struct {
	Columns    []Signature
	Hint       string
	Recipients []Run   // the heading; nil without recipients
	To         [][]Run // the recipients
}

// Signature is the place for one hand.
type Signature struct{ As, Name []Run }

// Evidence is what leads from the paper to the file that proves it.
type Evidence struct {
	Rows []Fact
	Code string // text of the QR code; empty: there is nothing to look up
	Hint string
}

// Fact is a value with its name.
type Fact struct {
	Name  string
	Value Run
}

// PageBreak begins a new page.
type PageBreak struct{}

func plain(text string) []Run { return []Run{{Text: text}} }

// said is the text of runs; blanks are dots.
func said(runs []Run) (text string) {
	for _, r := range runs {
		if r.Blank {
			text += dots
			continue
		}
		text += r.Text
	}
	return text
}

// dots are what a hand fills in.
const dots = "...................."
