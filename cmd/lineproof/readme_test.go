package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestReadme carries out the commands of README.md, in their order, against a simulated plant.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	plant := start(t, "lineproof", "sim", "--line", lineName, "--listen", "127.0.0.1:0", "--config", filepath.Join(dir, "agent.yaml"))
	plant.says(`^modbus: `)
	replace(t, filepath.Join(dir, "agent.yaml"), "dir: /var/lib/lineproof-edge", "dir: "+dir+"/edge")
	done := 0
	for _, m := range regexp.MustCompile(`(?m)^    ((?:make|lineproof(?:-edge)?)\b.*?)(?:\s+#.*)?$`).FindAllStringSubmatch(string(readme), -1) {
		done++
		words := strings.Fields(m[1])
		t.Run(m[1], func(t *testing.T) { carryOut(t, dir, words) })
	}
	if done < 7 {
		t.Errorf("only %d commands found in README.md", done)
	}
}

func carryOut(t *testing.T, dir string, words []string) {
	if words[0] == "make" { // what it does is tested elsewhere; here, that there is such a target
		if out, err := exec.Command("make", append([]string{"-C", "../..", "-n"}, words[1:]...)...).CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
		return
	}
	for i, w := range words {
		switch w {
		case "agent.yaml":
			words[i] = filepath.Join(dir, w)
		case "/mnt/usb":
			words[i] = dir
		case "collector.yaml":
			words[i] = filepath.Join(dir, w)
			key := strings.Fields(start(t, "lineproof-edge", "key", "--config", filepath.Join(dir, "agent.yaml")).says(`(huu-lung-01 .+)`))
			write(t, filepath.Join(dir, "password"), "secret")
			write(t, words[i], "dir: "+dir+"/collector\nhttp: 127.0.0.1:0\nmqtt: {listen: 127.0.0.1:0}\n"+
				"gateways: {huu-lung-01: {key: "+key[1]+", password_file: "+dir+"/password}}\n")
		}
	}
	p := start(t, words[0], words[1:]...)
	switch words[1] {
	case "serve":
		p.says(`^pages: `)
		p.interrupt()
	case "run":
		p.says(`the agent runs`)
		p.interrupt()
	default:
		<-p.gone
		if p.err != nil {
			t.Error(p.err)
		}
	}
}

func replace(t *testing.T, file, from, to string) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(b), from) {
		t.Fatalf("%s: holds no %q", file, from)
	}
	write(t, file, strings.ReplaceAll(string(b), from, to))
}
