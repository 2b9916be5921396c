package witness

import (
	"strings"
	"testing"
)

func TestEveryMistakeIsNamed(t *testing.T) {
	t.Parallel()
	_, err := Load("testdata/broken.yaml")
	if err == nil {
		t.Fatal("no mistake found")
	}
	for _, want := range []string{
		"broken.yaml:1:1: `dir` is missing",
		"broken.yaml:1:9: \"8090\" is not host:port",
		"broken.yaml:2:1: unknown key `ledger`",
		"broken.yaml:4:5: \"collector.example/lineproof\" is not the key of a ledger",
		"broken.yaml:6:5: PeterNeumann is watched already",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s: not in\n%v", want, err)
		}
	}
}

func TestExampleLoads(t *testing.T) {
	t.Parallel()
	c, err := Load("../deploy/witness.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "0.0.0.0:8090" || c.Dir != "/var/lib/lineproof-witness" || len(c.verifiers) != 1 || c.verifiers[0].Name() != "collector.example/lineproof" {
		t.Errorf("got %+v", c)
	}
}

func TestNamesOfWitnesses(t *testing.T) {
	t.Parallel()
	for name, ok := range map[string]bool{"witness.example": true, "sở-công-thương": true, "": false, "a b": false, "a+b": false, "a\nb": false} {
		if err := CheckName(name); (err == nil) != ok {
			t.Errorf("%q: %v", name, err)
		}
	}
}
