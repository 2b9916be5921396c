package main

import (
	"encoding/json"
	"os"

	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/collector/study"
	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/internal/tongue/spoken"
)

type studyCommand struct {
	Evaluate studyEvaluateCommand `cmd:"" help:"Evaluate a study from its file and the shift logs that it names, and say why the verdict is what it is."`
	Report   studyReportCommand   `cmd:"" help:"Write the result as an office files it: an acceptance record or a report of results, as PDF or XLSX."`
	Withdraw studyWithdrawCommand `cmd:"" help:"Take a study on a collector back for good, as its author and with a reason."`
	Template studyTemplateCommand `cmd:"" help:"Print the template of such a document, to start one's own from."`
}

type studyEvaluateCommand struct {
	File string `arg:"" type:"path" help:"The study, as YAML. Paths in it go from its own folder on."`
	JSON bool   `name:"json" help:"Print the result as JSON."`
	Lang string `enum:",vi,en" default:"" placeholder:"vi" help:"Speak Vietnamese (vi) or English (en); without it, the language of the environment."`
}

// Help is what the command's own help says beside its flags.
func (studyEvaluateCommand) Help() string {
	return `A study:

    study: block-line-quality
    metric: quality_ratio
    target: {kind: level, at_least: 0.97}
    before: {source: before.csv, grade: C}
    after:  {source: after.csv, grade: A}
    exclude: [{from: 2024-02-08, to: 2024-02-16, why: holidays}]

Metrics: quality_ratio, output_per_hour (good units), labour_productivity (good units per attended hour), energy_per_unit (kWh per unit produced), avoided_energy (saved against a regression baseline of output, and of temperature with covariate: temperature; its target is a change), material_yield, scrap_ratio, and oee, which needs planned_cycle, the planned time of one unit, such as 600ms.

Targets: kind level, change (relative to before: 0.10 is a tenth) or difference, with at_least. energy_per_unit and scrap_ratio are better when lower: there at_least of a change or difference is a fall by that much; a level, or a change with its sign, takes at_most.

The verdict is achieved only if the whole interval is on the right side of the target; not_enough_data under 20 shifts or 90 % coverage on a side. The program ends with 0 whatever the verdict, and with 1 if a file has a mistake.

secondary: [scrap_ratio] compares further metrics without a target, their p-values corrected for their number (Holm).

method: auto (looks at the correlation between shifts), cluster-ratio, block-bootstrap or newey-west. comparator: own-before, local-peer, or declared, which takes before: {value: 0.95, grade: D}. confidence: 0.95. timezone: Asia/Ho_Chi_Minh. A log is CSV or XLSX; an empty cell is unknown, never 0.`
}

// Run evaluates, the same way every time.
func (c studyEvaluateCommand) Run(s streams) error {
	t, err := spoken.New(tongue.Choose(c.Lang, os.Getenv))
	if err != nil {
		return err
	}
	st, err := study.Read(c.File)
	if err != nil {
		return err
	}
	result := outcome.Evaluate(st.Study)
	if !c.JSON {
		return st.Write(s.out, result, t)
	}
	out := json.NewEncoder(s.out)
	out.SetIndent("", "  ")
	return out.Encode(st.Report(result, t))
}
