package deploy_test

import (
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/lineproof/lineproof/collector"
	"github.com/lineproof/lineproof/internal/influxtest"
)

// service is as much of a service in compose.yaml as is written there: an unknown key is a mistake.
type service struct {
	Image       string            `yaml:"image"`
	Restart     string            `yaml:"restart"`
	Ports       []string          `yaml:"ports"`
	Volumes     []string          `yaml:"volumes"`
	Environment map[string]string `yaml:"environment"`
	DependsOn   []string          `yaml:"depends_on"`
	Build       struct {
		Context    string `yaml:"context"`
		Dockerfile string `yaml:"dockerfile"`
	} `yaml:"build"`
}

func TestTheComposeFileNamesWhatThereIs(t *testing.T) {
	var compose struct {
		Name     string             `yaml:"name"`
		Services map[string]service `yaml:"services"`
		Volumes  map[string]any     `yaml:"volumes"`
	}
	if err := yaml.UnmarshalWithOptions([]byte(read(t, "compose.yaml")), &compose, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	if len(compose.Services) != 4 {
		t.Errorf("%d services", len(compose.Services))
	}
	for name, s := range compose.Services {
		if (s.Image == "") == (s.Build.Context == "") {
			t.Errorf("%s: neither or both of image and build", name)
		}
		for _, other := range s.DependsOn {
			if _, ok := compose.Services[other]; !ok {
				t.Errorf("%s depends on %s, which there is not", name, other)
			}
		}
		for _, volume := range s.Volumes {
			source, _, _ := strings.Cut(volume, ":")
			_, named := compose.Volumes[source]
			if _, err := os.Stat(source); err != nil && !named && !strings.HasPrefix(source, "./compose/secrets") { // which is the user's to make
				t.Errorf("%s: volume %s: %v", name, volume, err)
			}
		}
	}
	provisioned(t, compose.Services["grafana"].Volumes)
	cfg, err := collector.Load("compose/collector.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{cfg.Broker.URL, cfg.Influx.URL} {
		host := regexp.MustCompile(`//([^:]+):`).FindStringSubmatch(address)[1]
		if _, ok := compose.Services[host]; !ok {
			t.Errorf("%s is no service", address)
		}
	}
}

func TestTheCollectorsSampleLoads(t *testing.T) {
	if _, err := collector.Load("collector.yaml"); err != nil {
		t.Error(err)
	}
}

// TestTheComposeConfigurationWorks runs what compose.yaml would: Mosquitto, InfluxDB and the collector with
// the configuration beside it, only with folders and ports of this machine, and an agent that sends over TLS.
func TestTheComposeConfigurationWorks(t *testing.T) {
	secrets, gateway := t.TempDir(), t.TempDir()
	secure, open := composeBroker(t, secrets, map[string]string{"lineproof": "collects", "huu-lung-01": "sends"})
	database := influxtest.Start(t)

	plant := follow(t, exec.Command(filepath.Join(unpacked(t, "lineproof", older, "amd64"), "usr/bin/lineproof"),
		"sim", "--line", "block-press", "--listen", "127.0.0.1:0", "--config", gateway+"/agent.yaml"))
	plant.says(`^modbus: `)
	write(t, gateway+"/agent.yaml", regexp.MustCompile(`(?m)^dir: \S+`).ReplaceAllString(strings.NewReplacer(
		"broker: tcp://127.0.0.1:1883", "broker: mqtts://127.0.0.1:"+secure+"\n  ca: "+secrets+"/broker.pem\n  username: huu-lung-01\n  password_file: "+secrets+"/huu-lung-01",
		"batch: 10s", "batch: 1s").Replace(read(t, gateway+"/agent.yaml")), "dir: "+gateway))
	agentProgram := filepath.Join(unpacked(t, "lineproof-edge", older, "amd64"), "usr/bin/lineproof-edge")
	key := strings.Fields(output(t, agentProgram, "key", "--config", gateway+"/agent.yaml"))[1]

	write(t, gateway+"/collector.yaml", regexp.MustCompile(`(?m)^    key: \S+`).ReplaceAllString(strings.NewReplacer(
		"/var/lib/lineproof", t.TempDir(), "0.0.0.0:8080", "127.0.0.1:0", "tcp://mosquitto:1883", "tcp://127.0.0.1:"+open,
		"/etc/lineproof/secrets", secrets, "http://influxdb:8086", database.URL, "bucket: lineproof/", "bucket: "+database.Database+"/").Replace(
		read(t, "compose/collector.yaml")), "    key: "+key))
	serve := follow(t, exec.Command(filepath.Join(unpacked(t, "lineproof", older, "amd64"), "usr/bin/lineproof"), "serve", "--config", gateway+"/collector.yaml"))
	url := serve.says(`^pages:  (.+)$`)
	agent := follow(t, exec.Command(agentProgram, "run", "--config", gateway+"/agent.yaml"))
	agent.says(`the agent runs`)
	untilShown(t, url+"/metrics", `(?m)^lineproof_ledger_batches [1-9]`)
	agent.terminate()
	serve.terminate()
}

// composeBroker runs Mosquitto as compose.yaml would, for users with these passwords, which lie in a folder with its
// certificate. It gives the ports with TLS and without.
func composeBroker(t *testing.T, secrets string, passwords map[string]string) (secure, open string) {
	t.Helper()
	output(t, "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-subj", "/CN=broker",
		"-addext", "subjectAltName=IP:127.0.0.1", "-keyout", secrets+"/broker.key", "-out", secrets+"/broker.pem")
	write(t, secrets+"/passwords", "")
	for user, password := range passwords {
		output(t, "mosquitto_passwd", "-b", secrets+"/passwords", user, password)
		write(t, secrets+"/"+user, password)
	}
	secure, open = freePort(t), freePort(t)
	write(t, secrets+"/mosquitto.conf", strings.NewReplacer("/mosquitto/secrets", secrets, "/mosquitto/config/acl", absolute(t, "compose/acl"),
		"/mosquitto/data", t.TempDir(), "listener 8883", "listener "+secure+" 127.0.0.1", "listener 1883", "listener "+open+" 127.0.0.1").Replace(
		read(t, "compose/mosquitto.conf"))+"user root\n")
	broker := follow(t, exec.Command(tool(t, "mosquitto"), "-c", secrets+"/mosquitto.conf"))
	broker.says(` running$`)
	return secure, open
}

// untilShown asks a page until it shows what is waited for.
func untilShown(t *testing.T, url, pattern string) {
	t.Helper()
	re, body := regexp.MustCompile(pattern), []byte(nil)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(patience); !re.Match(body); {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%s never showed %s:\n%s", url, pattern, body)
		}
		res, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		body, err = io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
	}
}

// freePort asks the system for a port and lets go of it: Mosquitto cannot tell which one it was given.
func freePort(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return strconv.Itoa(ln.Addr().(*net.TCPAddr).Port)
}

func absolute(t *testing.T, file string) string {
	t.Helper()
	path, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	return path
}
