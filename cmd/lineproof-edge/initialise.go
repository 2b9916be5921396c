package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"text/template"

	"github.com/goccy/go-yaml"

	"github.com/lineproof/lineproof/edge"
	"github.com/lineproof/lineproof/internal/command"
	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/record"
)

//go:embed initial/agent.yaml.tmpl
var initialText string

//go:embed initial/lines.yaml
var initialLines []byte

type initCommand struct {
	Line    string `placeholder:"NAME" help:"Begin with this line: block-press, packing or machine."`
	Gateway string `placeholder:"NAME" help:"This gateway's name: a-z, 0-9 and -."`
	Site    string `placeholder:"NAME" help:"The establishment's name: a-z, 0-9 and -."`
	Broker  string `placeholder:"URL" help:"The collector's broker: mqtts://HOST:8883."`
	PLC     string `name:"plc" placeholder:"URL" help:"Where the machine's PLC is: tcp://HOST:502."`
	Dir     string `default:"/var/lib/lineproof-edge" help:"Where the agent keeps its key and its spool."`
	Out     string `default:"agent.yaml" placeholder:"FILE" help:"Write here."`
	Ask     bool   `help:"Ask for what was not given although this is no terminal."`
	Force   bool   `help:"Write over a file that is there."`
}

// line is what there is to know of a line beforehand.
type line struct {
	Name    names `yaml:"name"`
	Machine struct {
		ID   string `yaml:"id"`
		Name names  `yaml:"name"`
	} `yaml:"machine"`
	Product string `yaml:"product"`
	Units   int    `yaml:"units"`
	Cycle   string `yaml:"cycle"`
}

type names struct {
	VI string `yaml:"vi"`
	EN string `yaml:"en"`
}

// initial is what the template fills in.
type initial struct {
	line
	Line, Gateway, Site, Broker, PLC, Dir, File string
	Secure                                      bool
}

// Run asks for what is missing and writes a configuration without mistakes.
func (c *initCommand) Run(ctx context.Context, s streams, t tongue.Tongue) error {
	if _, err := os.Stat(c.Out); err == nil && !c.Force {
		return command.WithHint(fmt.Errorf("%s is there already", c.Out), t.Say("init.force_hint"))
	}
	lines := map[string]line{}
	if err := yaml.Unmarshal(initialLines, &lines); err != nil {
		return fmt.Errorf("read lines: %w", err)
	}
	known := slices.Sorted(maps.Keys(lines))
	if err := c.ask(ctx, s, t, known); err != nil {
		return err
	}
	chosen, ok := lines[c.Line]
	if !ok {
		return command.WithHint(fmt.Errorf("--line %s: there are %s", c.Line, strings.Join(known, ", ")), t.Say("init.line_hint"))
	}
	text, err := c.fill(chosen, t)
	if err != nil {
		return err
	}
	if _, err := edge.Parse(c.Out, text, kinds()); err != nil {
		return fmt.Errorf("nothing was written: %w", err)
	}
	if err := c.write(text); err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.out, t.Say("init.written", "file", c.Out))
	return err
}

// write makes the file; without --force it is never one that came meanwhile.
func (c *initCommand) write(text []byte) error {
	flags := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	if !c.Force {
		flags = os.O_WRONLY | os.O_CREATE | os.O_EXCL
	}
	f, err := os.OpenFile(c.Out, flags, 0o644)
	if err != nil {
		return fmt.Errorf("write configuration: %w", err)
	}
	if _, err := f.Write(text); err != nil {
		return errors.Join(fmt.Errorf("write configuration: %w", err), f.Close())
	}
	return f.Close()
}

func (c *initCommand) fill(l line, t tongue.Tongue) ([]byte, error) {
	var b bytes.Buffer
	parsed, err := template.New("agent.yaml").Funcs(template.FuncMap{"say": t.Say, "yaml": quoted}).Parse(initialText)
	if err != nil {
		return nil, err
	}
	id := c.Line
	if id != "block-press" {
		id = "line-1"
	}
	err = parsed.Execute(&b, initial{
		line: l, Line: strings.Replace(id, "block-press", "block-line", 1), Gateway: c.Gateway, Site: c.Site,
		Broker: c.Broker, PLC: c.PLC, Dir: c.Dir, File: c.Out, Secure: !strings.HasPrefix(c.Broker, "tcp://"),
	})
	return b.Bytes(), err
}

// quoted is a text as YAML takes it anywhere.
func quoted(s string) (string, error) {
	b, err := yaml.MarshalWithOptions(s, yaml.Flow(true), yaml.JSON())
	return strings.TrimSpace(string(b)), err
}

// ask fills in what no flag gave: by questions where somebody can answer them, else by what is usual.
func (c *initCommand) ask(ctx context.Context, s streams, t tongue.Tongue, known []string) error {
	host, _ := os.Hostname() // "" is no name, and then there is another
	host = strings.ToLower(host)
	if record.CheckName(host) != nil {
		host = "gateway-1"
	}
	asking := c.Ask || isTerminal(s.in) && isTerminal(s.out)
	var answers <-chan string
	if asking {
		answers = readLines(s.in)
	}
	for _, q := range []struct {
		into     *string
		question string
		usual    string
		check    func(string) error
	}{
		{&c.Gateway, t.Say("init.ask_gateway"), host, record.CheckName},
		{&c.Site, t.Say("init.ask_site"), "site-1", record.CheckName},
		{&c.Line, t.Say("init.ask_line", "lines", strings.Join(known, ", ")), "machine", oneOf(known)},
		{&c.PLC, t.Say("init.ask_plc"), "tcp://192.168.1.10:502", anything},
		{&c.Broker, t.Say("init.ask_broker"), "mqtts://collector.example:8883", anything},
	} {
		for *q.into == "" {
			answer := ""
			if asking {
				fmt.Fprintf(s.err, "%s [%s] ", q.question, q.usual)
				select {
				case answer = <-answers:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
			answer = strings.TrimSpace(answer)
			if answer == "" {
				answer = q.usual
			}
			if err := q.check(answer); err != nil {
				fmt.Fprintln(s.err, err)
				continue
			}
			*q.into = answer
		}
	}
	return nil
}

func anything(string) error { return nil }

func oneOf(known []string) func(string) error {
	return func(s string) error {
		if slices.Contains(known, s) {
			return nil
		}
		return fmt.Errorf("there are %s", strings.Join(known, ", "))
	}
}
