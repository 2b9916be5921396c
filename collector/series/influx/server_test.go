package influx_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/collector/series/influx"
	"github.com/lineproof/lineproof/collector/series/seriestest"
	"github.com/lineproof/lineproof/internal/influxtest"
	"github.com/lineproof/lineproof/record"
)

func TestWhatOthersFindInTheDatabase(t *testing.T) {
	server := influxtest.Start(t)
	store, _ := openRefusing(t, server)
	missing := good("weather.rain", 0, record.Value{})
	missing.Quality = record.Missing
	write(t, store, seriestest.NewGateway(seriestest.BlockLine()),
		[]record.Reading{good("press.cycles", 0, record.IntValue(7)), good("press.time", 0, record.FloatValue(3)), missing},
		account.Interval{
			Site: "tan-thinh-phat", Line: "block-line", Machine: "press", Product: "GB 390", Start: day,
			PlannedCycle: 15e9, Produced: 26, Scrap: 2, ScrapBy: map[string]int64{"after compression": 2},
		})
	for _, c := range []struct{ name, statement, want string }{
		{
			"series", "SHOW SERIES ON test2",
			`{"results":[{"statement_id":0,"series":[{"columns":["key"],"values":[` +
				`["interval,line=block-line,machine=press,product=GB\\ 390,site=tan-thinh-phat"],` +
				`["signal,device=press,line=block-line,machine=press,site=tan-thinh-phat"],` +
				`["signal,device=weather,site=tan-thinh-phat"]]}]}]}`,
		},
		{
			"fields", "SHOW FIELD KEYS ON test2 FROM signal",
			`{"results":[{"statement_id":0,"series":[{"name":"signal","columns":["fieldKey","fieldType"],"values":[` +
				`["cycles","integer"],["rain.quality","string"],["time_","float"]]}]}]}`,
		},
		{
			"interval", `SELECT sum("produced"), sum("scrap.after compression"), sum("planned_cycle_ms"), sum("execute_ms") FROM test2..interval`,
			`{"results":[{"statement_id":0,"series":[{"name":"interval","columns":["time","sum","sum_1","sum_2","sum_3"],` +
				`"values":[["1970-01-01T00:00:00Z",26,2,15000,0]]}]}]}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := server.Query(t, c.statement); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// TestWorseQualityStays: InfluxDB merges points, and doubt must not be what gets lost.
func TestWorseQualityStays(t *testing.T) {
	store, _ := openRefusing(t, influxtest.Start(t))
	g := seriestest.NewGateway(seriestest.BlockLine())
	doubted, missing := good("press.a", 0, record.IntValue(1)), good("press.b", 0, record.Value{})
	doubted.Quality, missing.Quality = record.Uncertain, record.Missing
	write(t, store, g, []record.Reading{doubted, missing})
	write(t, store, g, []record.Reading{good("press.a", 0, record.IntValue(2)), good("press.b", 0, record.IntValue(2))})
	wantTexts(t, "kept", read(t, store), []string{
		"2026-01-14T06:00:00Z press.a=2 (uncertain)", "2026-01-14T06:00:00Z press.b=- (missing)",
	})
}

func TestServerWithPassword(t *testing.T) {
	server := influxtest.StartLocked(t)
	server.Query(t, `CREATE USER reader WITH PASSWORD 'secret' WITH ALL PRIVILEGES`) // 1.8 takes user:password for a token
	v := seriestest.NewGateway(seriestest.BlockLine()).Batch(t, good("press.cycles", 0, record.IntValue(7)))
	for _, c := range []struct {
		name string
		opts influx.Options
		want string // error
	}{
		{"username and password", influx.Options{Username: server.Username, Password: server.Password}, ""},
		{"token", influx.Options{Token: "reader:secret"}, ""},
		{"named policy", influx.Options{Username: server.Username, Password: server.Password, RetentionPolicy: "autogen"}, ""},
		{"named bucket", influx.Options{Username: server.Username, Password: server.Password, Bucket: server.Database + "/autogen"}, ""},
		{"nobody", influx.Options{}, "401 Unauthorized"},
		{"wrong password", influx.Options{Username: server.Username, Password: "x"}, "401 Unauthorized"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.opts.URL, c.opts.Database = server.URL, server.Database
			c.opts.OnRefused = func(point string, err error) { t.Errorf("refused %s: %v", point, err) }
			store := openStore(t, c.opts)
			defer store.Close()
			err := store.Write(t.Context(), v, nil)
			if c.want == "" && err == nil {
				wantTexts(t, "kept", read(t, store), []string{"2026-01-14T06:00:00Z press.cycles=7 (good)"})
				return
			}
			if err == nil || c.want == "" || !strings.Contains(err.Error(), c.want) {
				t.Errorf("write: got %v, want %q", err, c.want)
			}
			for _, err := range store.Readings(t.Context(), series.Query{}) {
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("read: got %v, want %q", err, c.want)
				}
			}
		})
	}
}

// TestWhatIsNotThePointsFault must come back as an error, so that the caller tries again.
func TestWhatIsNotThePointsFault(t *testing.T) {
	server := influxtest.Start(t)
	silent, err := net.Listen("tcp", "127.0.0.1:0") // accepts, and never says anything
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	v := seriestest.NewGateway(seriestest.BlockLine()).Batch(t, good("press.cycles", 0, record.IntValue(7)))
	check := func(ctx context.Context, url, database, want string) error {
		t.Helper()
		store := openStore(t, influx.Options{URL: url, Database: database, OnRefused: func(point string, err error) {
			t.Errorf("refused %s: %v", point, err)
		}})
		defer store.Close()
		err := store.Write(ctx, v, []account.Interval{{Machine: "m", Start: day}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
		return err
	}
	t.Run("no such database", func(t *testing.T) {
		check(t.Context(), server.URL, "nowhere", `write influxdb: 404 Not Found: database not found: "nowhere"`)
	})
	t.Run("silent server", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			if conn, err := silent.Accept(); err == nil {
				cancel() // as soon as the store waits for an answer
				t.Cleanup(func() { conn.Close() })
			}
		}()
		if err := check(ctx, "http://"+silent.Addr().String(), "x", "context canceled"); !errors.Is(err, context.Canceled) {
			t.Errorf("%v is not context.Canceled", err)
		}
	})
	t.Run("server down", func(t *testing.T) {
		server.Stop()
		check(t.Context(), server.URL, server.Database, "connection refused")
	})
}

func TestOpenNamesTheMistake(t *testing.T) {
	for _, c := range []struct {
		name string
		opts influx.Options
		want string
	}{
		{"no url", influx.Options{Database: "x"}, `open influxdb: url "": use one such as http://127.0.0.1:8086`},
		{"no scheme", influx.Options{URL: "localhost:8086", Database: "x"}, `open influxdb: url "localhost:8086": use one such as http://127.0.0.1:8086`},
		{"not a url", influx.Options{URL: "http://[", Database: "x"}, `open influxdb: parse "http://[": missing ']' in host`},
		{"no database", influx.Options{URL: "http://localhost:8086"}, "open influxdb: no database"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := influx.Open(c.opts); err == nil || err.Error() != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}
