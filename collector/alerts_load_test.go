package collector

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/alert"
	"github.com/lineproof/lineproof/record"
)

// beside is a configuration to which a test adds its alerts.
const beside = `dir: /var/lib/lineproof
mqtt: {listen: 127.0.0.1:1883, cert: broker.pem, key: broker.key}
gateways:
  huu-lung-01: {key: AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=, password_file: p}
`

func loadAlerts(t *testing.T, text string) *Config {
	t.Helper()
	file := filepath.Join(t.TempDir(), "collector.yaml")
	if err := os.WriteFile(file, []byte(beside+text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	return &cfg
}

// TestTheGuideToAlertsLoads loads what the guide shows, in both languages.
func TestTheGuideToAlertsLoads(t *testing.T) {
	t.Parallel()
	minutes := func(n int) record.Duration { return record.Duration(time.Duration(n) * time.Minute) }
	night, morning := record.ClockTime(22*60), record.ClockTime(6*60)
	want := &alert.Config{
		Timezone: "Asia/Ho_Chi_Minh",
		Rules: alert.Rules{
			Stopped:     &alert.Stopped{For: minutes(10), Settle: minutes(5)},
			Quality:     &alert.Quality{Under: 0.95, Window: minutes(60), Minimum: 200, Settle: minutes(10)},
			Silent:      &alert.Silent{For: minutes(10), Settle: minutes(2)},
			Energy:      &alert.Energy{For: minutes(15), Settle: minutes(5)},
			Certificate: &alert.Certificate{Days: 30},
			Witness:     &alert.Witness{For: minutes(60)},
		},
		Channels: map[string]alert.Channel{
			"manager": {Language: "vi", Email: &alert.Email{
				Server: "smtp.example:587", TLS: "starttls", Username: "lineproof@plant.example", PasswordFile: "/etc/lineproof/mail-password",
				From: "Lineproof <lineproof@plant.example>", To: []string{"manager@plant.example"},
			}},
			"shift-leader": {
				Language: "vi", Quiet: &alert.Quiet{From: &night, To: &morning, Timezone: "Asia/Ho_Chi_Minh"},
				Shoutrrr: &alert.Shoutrrr{URLFile: "/etc/lineproof/telegram-url"},
			},
			"erp": {Language: "en", Webhook: &alert.Webhook{URL: "https://erp.example/lineproof", TokenFile: "/etc/lineproof/erp-token"}},
		},
	}
	for _, file := range []string{"../docs/how-to/alerts.md", "../docs/how-to/alerts.vi.md"} {
		guide, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, text, _ := strings.Cut(string(guide), "```yaml\n")
		text, _, ok := strings.Cut(text, "```\n")
		if !ok {
			t.Fatalf("%s: shows no configuration", file)
		}
		cfg := loadAlerts(t, text)
		if diff := cmp.Diff(want, cfg.Alerts); diff != "" {
			t.Errorf("%s (-want +got):\n%s", file, diff)
		}
		secrets := []string{"/etc/lineproof/erp-token", "/etc/lineproof/mail-password", "/etc/lineproof/telegram-url"}
		files, err := cfg.files()
		if diff := cmp.Diff(append([]string{"broker.pem", "broker.key", "p"}, secrets...), files); diff != "" || err != nil {
			t.Errorf("files of a backup: %v (-want +got):\n%s", err, diff)
		}
		if diff := cmp.Diff([]alert.Certificates{{File: "broker.pem"}}, cfg.certificates()); diff != "" {
			t.Errorf("certificates (-want +got):\n%s", diff)
		}
	}
}

func TestDefaultsOfChannels(t *testing.T) {
	t.Parallel()
	cfg := loadAlerts(t, `alerts:
  timezone: Asia/Bangkok
  rules: {silent: }
  channels:
    a: {quiet: {from: "12:00", to: "13:00"}, email: {server: "smtp.example:465", from: a@b.example, to: c@b.example}}
    b: {email: {server: "localhost:25", tls: none, from: a@b.example, to: c@b.example}}
    c: {webhook: {url: "http://127.0.0.1/hook", token_file: t}}
`)
	channels := cfg.Alerts.Channels
	if got := channels["a"]; got.Email.TLS != "tls" || got.Quiet.Timezone != "Asia/Bangkok" || got.Language != "vi" || len(got.Email.To) != 1 {
		t.Errorf("%+v, %+v, %+v", got, got.Email, got.Quiet)
	}
	if without := loadAlerts(t, ""); without.Alerts != nil {
		t.Errorf("%+v, want none", without.Alerts)
	}
}
