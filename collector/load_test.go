package collector

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/record"
)

var update = flag.Bool("update", false, "write the golden files again")

func TestEveryMistakeIsNamed(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"broken.yaml", "empty.yaml", "alerts.yaml", "no-rules.yaml", "witnesses.yaml"} {
		t.Run(file, func(t *testing.T) {
			file := filepath.Join("testdata", file)
			_, err := Load(file)
			if err == nil {
				t.Fatal("no mistake found")
			}
			got, golden := err.Error()+"\n", strings.TrimSuffix(file, ".yaml")+".txt"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("(-want +got; go test ./collector -run Mistake -update writes it again):\n%s", diff)
			}
		})
	}
}

func TestOneMistake(t *testing.T) {
	t.Parallel()
	const key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
	for _, tt := range []struct {
		name, text string
		want       string // place and message; "" for none
	}{
		{"the broker inside", "dir: d\nmqtt: {listen: 127.0.0.1:1883}\ngateways: {a: {key: " + key + ", password_file: p}}", ""},
		{"the broker inside on this computer", "dir: d\nmqtt: {listen: \"localhost:1883\"}\ngateways: {a: {key: " + key + ", password_file: p}}", ""},
		{"a broker outside", "dir: d\nbroker: {url: \"mqtts://broker.example:8883\"}\ngateways: {a: {key: " + key + "}}", ""},
		{"no YAML", "dir: [", "1:6: sequence end token ']' not found"},
		{"not on loopback", "dir: d\nmqtt: {listen: \":1883\"}\ngateways: {a: {key: " + key + ", password_file: p}}", "2:16: without `cert` and `key` only loopback is served"},
		{"a name is no address", "dir: d\nmqtt: {listen: broker}\ngateways: {a: {key: " + key + ", password_file: p}}", "2:16: \"broker\" is not host:port"},
		{"a page has no address", "dir: d\nhttp: pages\nbroker: {url: \"tcp://127.0.0.1:1883\"}\ngateways: {a: {key: " + key + "}}", "2:7: \"pages\" is not host:port"},
		{"readers with nothing to read", "dir: d\nmqtt: {listen: 127.0.0.1:1883, readers: {mes: {password_file: p}}}\ngateways: {a: {key: " + key + ", password_file: p}}", "2:32: there is nothing to read"},
		{"a folder that there is not", "dir: d\nreports: none\nmqtt: {listen: 127.0.0.1:1883}\ngateways: {a: {key: " + key + ", password_file: p}}", "2:10: there is no folder none"},
		{"nobody to read", "dir: d\npublish: {intervals: true}\nmqtt: {listen: 127.0.0.1:1883}\ngateways: {a: {key: " + key + ", password_file: p}}", "2:22: nobody may read the intervals"},
		{"intervals on the broker inside", "dir: d\npublish: {intervals: true}\nmqtt: {listen: 127.0.0.1:1883, readers: {mes: {password_file: p}}}\ngateways: {a: {key: " + key + ", password_file: p}}", ""},
		{"intervals on a broker outside", "dir: d\npublish: {intervals: true}\nbroker: {url: \"tcp://127.0.0.1:1883\"}\ngateways: {a: {key: " + key + "}}", ""},
		{"one key twice", "dir: d\nbroker: {url: \"tcp://127.0.0.1:1883\"}\ngateways:\n  b: {key: " + key + "}\n  a: {key: " + key + "}", "4:12: it is the key of a too"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "collector.yaml")
			if err := os.WriteFile(file, []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Load(file)
			if tt.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if want := "a mistake in " + file + "\n" + file + ":" + tt.want + "\n"; err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("got %v\nwant %s", err, want)
			}
		})
	}
}

func TestMissingConfigurationIsNamed(t *testing.T) {
	t.Parallel()
	_, err := Load("testdata/none.yaml")
	if want := "read configuration: open testdata/none.yaml: no such file or directory"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestExampleLoads(t *testing.T) {
	t.Parallel()
	cfg, err := Load("../deploy/collector.yaml")
	if err != nil {
		t.Fatal(err)
	}
	key := PublicKey{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31}
	want := Config{
		Dir: "/var/lib/lineproof", Origin: "collector.example/lineproof", HTTP: "127.0.0.1:8080",
		MQTT:     &MQTT{Listen: "0.0.0.0:8883", Cert: "/etc/lineproof/broker.pem", Key: "/etc/lineproof/broker.key"},
		Gateways: map[string]Gateway{"huu-lung-01": {Key: key, PasswordFile: "/etc/lineproof/huu-lung-01"}},
	}
	if diff := cmp.Diff(want, cfg); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestExampleLoadsWithItsAlternatives takes the comment marks off what the example has in comments.
func TestExampleLoadsWithItsAlternatives(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../deploy/collector.yaml")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), "mqtt:\n")
	_, rest, found := strings.Cut(rest, "# broker:")
	if !ok || !found {
		t.Fatal("the example no longer has mqtt and, in comments, broker")
	}
	reports := t.TempDir() // a folder that there is
	rest = strings.NewReplacer("\n#   ", "\n  ", "\n# influx:", "\ninflux:", "\n# publish:", "\npublish:", "\n# alerts:", "\nalerts:", "\n# witnesses:", "\nwitnesses:",
		"\n# reports: /etc/lineproof/reports", "\nreports: "+reports, "\n# programme:", "\nprogramme:").Replace("broker:" + rest)
	file := filepath.Join(t.TempDir(), "collector.yaml")
	if err := os.WriteFile(file, []byte(before+rest), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&Broker{
		URL: "mqtts://broker.example:8883", Username: "lineproof", PasswordFile: "/etc/lineproof/broker-password", CA: "/etc/lineproof/ca.pem",
	}, cfg.Broker); diff != "" {
		t.Errorf("broker (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(Programme{Targets: []string{"/etc/lineproof/2021-2025.yaml", "/etc/lineproof/2026-2030.yaml"}, Prices: "/etc/lineproof/prices.yaml"}, cfg.Programme); diff != "" || cfg.Reports != reports {
		t.Errorf("reports in %q, programme (-want +got):\n%s", cfg.Reports, diff)
	}
	if diff := cmp.Diff(&Influx{
		URL: "http://127.0.0.1:8086", Bucket: "lineproof/autogen", Username: "lineproof", PasswordFile: "/etc/lineproof/influx-password",
		Late: record.Duration(2 * time.Minute),
	}, cfg.Influx); diff != "" {
		t.Errorf("influx (-want +got):\n%s", diff)
	}
	if !cfg.Publish.Intervals {
		t.Error("intervals are not published")
	}
	if w := cfg.Witnesses; w == nil || w.Quorum != 1 || len(w.List) != 1 {
		t.Errorf("witnesses: %+v", w)
	}
	if r := cfg.Alerts.Rules; r.Stopped == nil || r.Quality == nil || r.Silent == nil || r.Energy == nil || r.Certificate == nil {
		t.Errorf("rules %+v, want all", r)
	}
}
