package deploy_test

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector"
	"github.com/lineproof/lineproof/dashboards/grafana"
)

// datasources is as much of a datasource file of Grafana as is written there: an unknown key is a mistake.
type datasources struct {
	APIVersion  int `yaml:"apiVersion"`
	Datasources []struct {
		Name      string            `yaml:"name"`
		UID       string            `yaml:"uid"`
		Type      string            `yaml:"type"`
		Access    string            `yaml:"access"`
		URL       string            `yaml:"url"`
		JSONData  map[string]string `yaml:"jsonData"`
		IsDefault bool              `yaml:"isDefault"`
		Editable  bool              `yaml:"editable"`
	} `yaml:"datasources"`
}

// providers is the same of a dashboard file.
type providers struct {
	APIVersion int `yaml:"apiVersion"`
	Providers  []struct {
		Name            string            `yaml:"name"`
		Folder          string            `yaml:"folder"`
		Type            string            `yaml:"type"`
		DisableDeletion bool              `yaml:"disableDeletion"`
		Options         map[string]string `yaml:"options"`
	} `yaml:"providers"`
}

// uid finds the datasources that a dashboard asks.
var uid = regexp.MustCompile(`"type": "influxdb",\s+"uid": "([^"]*)"`)

// provisioned holds what Grafana is given against the dashboards and the collector's own InfluxDB.
func provisioned(t *testing.T, volumes []string) {
	t.Helper()
	host := map[string]string{} // by where Grafana finds it
	for _, volume := range volumes {
		parts := strings.Split(volume, ":")
		host[parts[1]] = parts[0]
	}
	var sources datasources
	decode(t, host["/etc/grafana/provisioning"]+"/datasources/lineproof.yaml", &sources)
	cfg, err := collector.Load("compose/collector.yaml")
	if err != nil {
		t.Fatal(err)
	}
	database, _, _ := strings.Cut(cfg.Influx.Bucket, "/")
	s := sources.Datasources[0]
	if s.UID != grafana.Datasource || s.Type != "influxdb" || s.URL != cfg.Influx.URL || s.JSONData["dbName"] != database {
		t.Errorf("datasource %+v does not fit the dashboards and the collector", s)
	}
	var dashboards providers
	decode(t, host["/etc/grafana/provisioning"]+"/dashboards/lineproof.yaml", &dashboards)
	var languages []string
	for _, p := range dashboards.Providers {
		folder, ok := host[p.Options["path"]]
		files, err := filepath.Glob(folder + "/*.json")
		if !ok || err != nil || len(files) != 3 {
			t.Errorf("%s: %s is no folder with the dashboards, %v", p.Name, p.Options["path"], err)
		}
		for _, file := range files {
			asked := uid.FindAllStringSubmatch(read(t, file), -1)
			for _, a := range asked {
				if a[1] != s.UID {
					t.Errorf("%s asks datasource %s", file, a[1])
				}
			}
			if len(asked) == 0 {
				t.Errorf("%s asks nothing", file)
			}
		}
		languages = append(languages, path.Base(folder))
	}
	if diff := cmp.Diff(grafana.Languages(), languages); diff != "" {
		t.Errorf("languages (-made +provisioned):\n%s", diff)
	}
}

func decode(t *testing.T, file string, into any) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalWithOptions(text, into, yaml.Strict()); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}
