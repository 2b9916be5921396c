package main

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/transparency-dev/formats/log"

	"github.com/lineproof/lineproof/collector/report"
	"github.com/lineproof/lineproof/collector/study"
	"github.com/lineproof/lineproof/collector/study/protocol"
	"github.com/lineproof/lineproof/evidence/bundle"
	"github.com/lineproof/lineproof/internal/command"
	"github.com/lineproof/lineproof/internal/tongue/spoken"
	"github.com/lineproof/lineproof/record"
)

type studyReportCommand struct {
	File     string `arg:"" type:"path" help:"The study, as YAML."`
	Kind     string `enum:"acceptance,result" default:"acceptance" help:"An acceptance record (acceptance) or a report of results (result)."`
	Lang     string `enum:"vi,en" default:"vi" help:"The document's language, vi or en."`
	Out      string `type:"path" placeholder:"FILE" help:"The file to write, .pdf or .xlsx. By default a PDF beside the study, named after it."`
	Template string `type:"path" placeholder:"FILE" help:"A template instead of the program's own; lineproof study template prints one to start from."`
	Project  string `type:"path" placeholder:"FILE" help:"The project's particulars, as YAML. What is not given is left as dots, to be filled in by hand."`
	Bundle   string `type:"path" placeholder:"FILE" help:"The evidence bundle that proves the figures; its digest stands in the document."`
}

// Help is what the command's own help says beside its flags.
func (studyReportCommand) Help() string {
	return `A project, of which each part may be missing:

    office: {above: ..., name: ..., number: 12/BB-TTKC, place: ..., date: 2024-04-30, position: ..., signer: ...}
    project: {name: ..., code: ..., contract: ..., period: ...}
    basis: [...]
    meeting: {place: ..., began: 8:00, ended: 11:00}
    a: {name: ..., address: ..., phone: ..., people: [{name: ..., position: ...}]}
    b: {name: ..., address: ..., phone: ..., tax_code: ..., people: [{name: ..., position: ...}]}
    machines: [{name: ..., model: ..., origin: ..., year: 2024, quantity: 1, price: 500000000}]
    money: [{source: ..., planned: 300000000, spent: 300000000}]
    declared: [{name: ..., unit: ..., before: 8, after: 10}]
    recipients: [...]
    copies: 4
    verify: https://collector.example/verify

verify is the page that checks bundles. A code on the document leads there.`
}

// Run writes the document. The same files give the same bytes.
func (c studyReportCommand) Run(s streams) error {
	t, err := spoken.New(c.Lang)
	if err != nil {
		return err
	}
	out, write, err := c.form()
	if err != nil {
		return err
	}
	st, errStudy := study.Read(c.File)
	project, errProject := c.particulars()
	template, errTemplate := c.template()
	proof, errBundle := c.bundle()
	if err := errors.Join(errStudy, errProject, errTemplate, errBundle); err != nil {
		return err
	}
	r := reportOf(st)
	r.Particulars, r.Bundle = project, proof
	content, err := write(template.Fill(r, t))
	if err != nil {
		return err
	}
	if err := os.WriteFile(out, content, 0o644); err != nil {
		return fmt.Errorf("study report: %w", err)
	}
	fmt.Fprintln(s.out, out)
	return nil
}

// form is the file to write and how, by the end of its name.
func (c studyReportCommand) form() (out string, write func(report.Document) ([]byte, error), err error) {
	out = c.Out
	if out == "" {
		out = strings.TrimSuffix(c.File, filepath.Ext(c.File)) + "-" + c.Kind + ".pdf"
	}
	switch strings.ToLower(filepath.Ext(out)) {
	case ".pdf":
		return out, report.PDF, nil
	case ".xlsx":
		return out, report.XLSX, nil
	}
	return "", nil, command.WithHint(fmt.Errorf("study report: %s is neither .pdf nor .xlsx", out), "end the name of --out with one of them")
}

// reportOf judges a study from files, which nobody sealed.
func reportOf(s study.Study) report.Report {
	asked := protocol.Asked{
		Version: protocol.Version{StudyProtocol: record.StudyProtocol{Study: s.Name, Title: s.Title, Metric: s.Metric.Name, Confidence: s.Confidence}},
		Study:   s.Study, Secondary: s.Secondary, Notes: s.Notes,
	}
	return report.Report{Asked: asked, Result: asked.Report(), Line: s.Line}
}

func (c studyReportCommand) particulars() (p report.Particulars, err error) {
	if c.Project == "" {
		return p, nil
	}
	src, err := os.ReadFile(c.Project)
	if err != nil {
		return p, fmt.Errorf("read project: %w", err)
	}
	return report.ReadParticulars(c.Project, src)
}

func (c studyReportCommand) template() (t report.Template, err error) {
	src, err := report.Default(report.Kind(c.Kind), c.Lang)
	if c.Template != "" {
		src, err = os.ReadFile(c.Template)
	}
	if err != nil {
		return t, fmt.Errorf("read template: %w", err)
	}
	return report.Parse(c.Template, src)
}

// bundle reads what the document says of the file that proves it. It checks nothing: lineproof verify does.
func (c studyReportCommand) bundle() (*report.Bundle, error) {
	if c.Bundle == "" {
		return nil, nil
	}
	file, err := os.Open(c.Bundle)
	if err != nil {
		return nil, fmt.Errorf("read bundle: %w", err)
	}
	defer file.Close()
	digest := sha256.New()
	size, err := io.Copy(digest, file)
	if err != nil {
		return nil, fmt.Errorf("read bundle: %w", err)
	}
	b, err := bundle.Open(file, size)
	if err != nil {
		return nil, err
	}
	var head log.Checkpoint
	if _, err := head.Unmarshal(b.Checkpoint); err != nil {
		return nil, fmt.Errorf("read bundle: checkpoint: %w", err)
	}
	m := b.Manifest
	return &report.Bundle{
		File: filepath.Base(c.Bundle), SHA256: fmt.Sprintf("%x", digest.Sum(nil)), Line: m.Line, From: m.From, To: m.To,
		Origin: head.Origin, Size: head.Size, Root: base64.StdEncoding.EncodeToString(head.Hash),
	}, nil
}

type studyTemplateCommand struct {
	Kind string `enum:"acceptance,result" default:"acceptance" help:"Of an acceptance record (acceptance) or a report of results (result)."`
	Lang string `enum:"vi,en" default:"vi" help:"In Vietnamese (vi) or English (en)."`
}

// Run prints a template. The comment at its head says how it is written.
func (c studyTemplateCommand) Run(s streams) error {
	text, err := report.Default(report.Kind(c.Kind), c.Lang)
	if err == nil {
		_, err = s.out.Write(text)
	}
	return err
}
