package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/lineproof/lineproof/collector"
	"github.com/lineproof/lineproof/collector/cells"
	"github.com/lineproof/lineproof/collector/programme"
	"github.com/lineproof/lineproof/internal/command"
	"github.com/lineproof/lineproof/record"
)

type programmeCommand struct {
	Check    programmeCheckCommand    `cmd:"" help:"Look whether a file of projects can be loaded, and name every cell that is wrong."`
	Template programmeTemplateCommand `cmd:"" help:"Write an empty list of projects to fill in."`
	Sample   programmeSampleCommand   `cmd:"" help:"Print figures that a province published, as a list of projects that can be loaded."`
}

// office are the lists of an office.
type office struct {
	Config string `type:"path" placeholder:"FILE" help:"The collector's configuration, where it names lists of the office's own."`
}

func (o office) rules() (programme.Rules, error) {
	if o.Config == "" {
		return programme.Default()
	}
	cfg, err := collector.Load(o.Config)
	if err != nil {
		return programme.Rules{}, err
	}
	return cfg.Programme.Rules()
}

type programmeCheckCommand struct {
	office
	File string `arg:"" type:"path" help:"XLSX or CSV."`
}

// Run names what is wrong; it needs no collector, and so cannot know which projects are there already.
func (c programmeCheckCommand) Run(s streams) error {
	rules, err := c.rules()
	if err != nil {
		return err
	}
	data, err := os.ReadFile(c.File)
	if err != nil {
		return fmt.Errorf("check projects: %w", err)
	}
	table, err := rules.ReadSheet(filepath.Base(c.File), data)
	if err != nil {
		return fmt.Errorf("check %s: %w", c.File, err)
	}
	wrong := 0
	for _, p := range table.Problems {
		fmt.Fprintf(s.out, "%s: %s %s: %s %s\n", p.Cell, p.Severity, p.Column, p.Message, p.Hint)
		if p.Severity == cells.Error {
			wrong++
		}
	}
	if wrong > 0 {
		return command.WithHint(fmt.Errorf("%d cells of %s are wrong", wrong, c.File), "mend them in the file; nothing of it can be loaded before")
	}
	all := make([]programme.Project, 0, len(table.Rows))
	for _, row := range table.Rows {
		all = append(all, programme.Project{ProjectVersion: programme.ProjectVersion{Project: row.Project}})
	}
	sums := rules.Money(all, record.Date{}).Total
	fmt.Fprintf(s.out, "%d rows: %d projects, %d machines, %d VND support, %d VND counterpart\n", len(table.Rows), sums.Projects, sums.Machines, sums.Support, sums.Counterpart)
	return nil
}

type programmeTemplateCommand struct {
	office
	Out  string `arg:"" type:"path" help:"The file to write, .xlsx or .csv."`
	Lang string `enum:"vi,en" default:"vi" help:"Language of the headings in XLSX, vi or en."`
}

// Run writes a form.
func (c programmeTemplateCommand) Run() error {
	rules, err := c.rules()
	if err != nil {
		return err
	}
	kind := strings.TrimPrefix(filepath.Ext(c.Out), ".")
	if kind != "xlsx" && kind != "csv" {
		return command.WithHint(fmt.Errorf("%s is neither .xlsx nor .csv", c.Out), "such as de-an.xlsx")
	}
	f, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) // a filled-in one stays
	if err != nil {
		return fmt.Errorf("write template: %w", err)
	}
	if err := rules.WriteSheet(f, kind, c.Lang, nil); err != nil {
		return err
	}
	return f.Close()
}

type programmeSampleCommand struct {
	Name string `arg:"" optional:"" help:"Its name; without one, the names are listed."`
}

// Run prints a sample.
func (c programmeSampleCommand) Run(s streams) error {
	if c.Name == "" {
		_, err := fmt.Fprintln(s.out, strings.Join(programme.Samples(), "\n"))
		return err
	}
	text, err := programme.Sample(c.Name)
	if err != nil {
		return err
	}
	_, err = s.out.Write(text)
	return err
}
