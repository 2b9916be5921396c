package web

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/projects"
	"github.com/lineproof/lineproof/collector/report"
	"github.com/lineproof/lineproof/internal/strictyaml"
	"github.com/lineproof/lineproof/internal/tongue/spoken"
)

const pdfType = "application/pdf"

// reports makes the documents of studies.
type reports struct {
	board    *board.Board
	projects *projects.Book
	folder   report.Folder
	made     *madeBundles
	fail     problems
}

// reportInput is which document is asked for.
type reportInput struct {
	StudyID
	Kind string `query:"kind" enum:"acceptance,result" default:"acceptance" doc:"an acceptance record, or a report of results"`
	Lang string `query:"lang" enum:"vi,en" default:"vi"`

	page string // that checks bundles, at the address under which the collector was found
}

// Resolve finds the address. One that only this machine has is of no use on paper.
func (in *reportInput) Resolve(ctx huma.Context) []error {
	host := ctx.Host()
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	if ip := net.ParseIP(name); name == "" || name == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	scheme := "http"
	if ctx.TLS() != nil || ctx.Header("X-Forwarded-Proto") == "https" {
		scheme = "https"
	}
	in.page = scheme + "://" + host + "/verify"
	return nil
}

// register has the documents as files.
func (r reports) register(a huma.API) {
	as := func(ending, contentType, id string, write func(report.Document) ([]byte, error)) {
		huma.Register(a, download(id, "/api/v1/studies/{study}/report."+ending, contentType, "What a study came to, as an office files it: sealed, or so far"),
			func(ctx context.Context, in *reportInput) (*file, error) {
				d, err := r.document(ctx, in)
				if err != nil {
					return nil, err
				}
				content, err := write(d)
				if err != nil {
					return nil, r.fail.of(ctx, err)
				}
				return &file{contentType, fmt.Sprintf("attachment; filename=%q", in.Study+"_"+in.Kind+"."+ending), content}, nil
			})
	}
	as("pdf", pdfType, "get-study-report", report.PDF)
	as("xlsx", xlsxType, "get-study-report-xlsx", report.XLSX)
}

func (r reports) document(ctx context.Context, in *reportInput) (d report.Document, err error) {
	t, err := spoken.New(in.Lang)
	if err != nil {
		return d, r.fail.of(ctx, err)
	}
	template, errTemplate := r.folder.Template(report.Kind(in.Kind), in.Lang)
	asked, result, err := r.board.StudyReport(ctx, in.Study)
	if err != nil {
		return d, r.fail.of(ctx, err)
	}
	particulars, errProject := r.folder.Particulars(in.Study)
	if err := errors.Join(errTemplate, errProject); err != nil {
		return d, r.wrong(ctx, err)
	}
	project, known, err := r.projects.OfStudy(ctx, in.Study)
	if err != nil {
		return d, r.fail.of(ctx, err)
	}
	if known {
		particulars = particulars.Of(project, t)
	}
	if particulars.Verify == "" {
		particulars.Verify = in.page
	}
	return template.Fill(report.Report{Particulars: particulars, Asked: asked, Result: result, Line: r.name(ctx, asked.Version.Line, in.Lang), Bundle: r.made.of(in.Study)}, t), nil
}

// wrong tells the mistakes of the office's own files, which whoever asks can mend.
func (r reports) wrong(ctx context.Context, err error) error {
	if errors.As(err, new(*strictyaml.Error)) {
		return huma.Error422UnprocessableEntity(err.Error())
	}
	return r.fail.of(ctx, err)
}

// name is what the line is called.
func (r reports) name(ctx context.Context, id, lang string) string {
	line, err := r.board.Line(ctx, id)
	if err != nil || line.Name[lang] == "" {
		return id
	}
	return strings.TrimSpace(line.Name[lang])
}

// madeBundles remembers the last bundle of each study that somebody took, until the collector ends, so that a document can
// name it.
type madeBundles struct {
	mu  sync.Mutex
	all map[string]report.Bundle
}

func (m *madeBundles) of(study string) *report.Bundle {
	m.mu.Lock()
	defer m.mu.Unlock()
	b, ok := m.all[study]
	if !ok {
		return nil
	}
	return &b
}

// write has a bundle written, and remembers it if it is of a study and all of it was.
func (m *madeBundles) write(ctx context.Context, of BundleOf, file string, write func(context.Context, io.Writer) error, to io.Writer) error {
	digest := sha256.New()
	if err := write(ctx, io.MultiWriter(to, digest)); err != nil || of.Study == "" {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.all[of.Study] = report.Bundle{File: file, SHA256: fmt.Sprintf("%x", digest.Sum(nil)), Line: of.Line, From: of.From, To: of.To}
	return nil
}
