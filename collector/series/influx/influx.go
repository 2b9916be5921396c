// Package influx keeps readings and intervals in InfluxDB 1.8, 2.x or 3, where other programs can query
// them too. It writes line protocol through the v2 write API and reads InfluxQL through /query, which all
// of these versions have; 2.x needs a mapping of Database to its bucket (influx v1 dbrp create).
//
// # Measurements
//
// All times are in milliseconds. A tag whose value would be empty is left out.
//
//	signal    tags site, line, machine, device: the place of the signals (see series.Places)
//	  NAME            the value of signal device.NAME: integer, float, boolean or string
//	  NAME.quality    "missing" (then there is no value) or "uncertain"; absent when good
//	  NAME.min .max   of the samples of a window
//	  NAME.n .span_ms how many samples the window has, and how long it is
//	interval  tags site, line, machine, product, production_order; one point a minute
//	  the columns of series.NumberColumns, FlagColumns and TextColumns; the last are JSON or ""
//	  planned_cycle_ms  the planned cycle again, in whole milliseconds
//	  observed_ms       all states together
//	  ideal_ms          the time that the units made in observed time were meant to take, a float
//	  unpaced_n         1 where such units have no planned cycle, so that nobody knows that time; else 0
//	  metered_n         1 where metered, else 0
//	  planned           whether the line was meant to run in that minute, where Options.Planned is given
//	  busy_ms           the observed part of planned busy time: observed_ms where planned, else execute_ms
//	  scrap.REASON      units scrapped, one integer field a reason, for queries of people's own
//
// A signal named as a tag or as time gets a _ after its name, for InfluxDB does not tell the two apart.
//
// # What InfluxDB cannot do
//
// A field has one type for a week (the length of a shard). A whole number over 2^63-1 is written as a
// float, so it loses its last digits, and fits only where the signal has been a float from the start. A
// reading of another type than its field is refused; Options.OnRefused gets to know, everything else is
// kept, and the ledger has it anyhow. Whole numbers come back as record.Int.
//
// InfluxDB merges a point into an older one of the same tags and time. So of two readings of a signal at
// the same millisecond the later value is kept and the worse quality; and a scrap.REASON field stays when
// a rewritten interval does not have that reason any more. Intervals that this store gives are right all
// the same: it reads the JSON, which is replaced as a whole.
package influx

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	influxdb2 "github.com/influxdata/influxdb-client-go/v2"
	"github.com/influxdata/influxdb-client-go/v2/api"

	"github.com/lineproof/lineproof/collector/series"
)

// Options say where the server is and who asks.
type Options struct {
	URL      string // http://host:8086
	Database string // for reading, and for writing where Bucket is empty

	RetentionPolicy string // of the database; its default one when empty
	Bucket          string // for writing to 2.x and 3; DATABASE/POLICY when empty
	Org             string // for 2.x

	Token              string // of 2.x and 3
	Username, Password string // of 1.8, where Token is empty

	// Planned tells whether a line is meant to run in a minute: what each interval says in the field planned, for
	// programs that read the database without a calendar. nil: the field is left out.
	Planned func(line string, minute time.Time) bool

	// OnRefused is told of each point that the server will never take, in line protocol (or how many they
	// were), with its reason. It may be called by several goroutines at once. nil: nobody asks.
	OnRefused func(point string, err error)
}

// Store is a series.Store in InfluxDB. It may be used by several goroutines at once.
type Store struct {
	opts   Options
	query  string // URL
	who    string // Authorization of each request; "" where nobody is asked
	http   *http.Client
	client influxdb2.Client
	writer api.WriteAPIBlocking
	places series.PlaceCache

	rollers rollers

	closed atomic.Bool
}

var (
	_ series.Store       = (*Store)(nil)
	_ series.BatchWriter = (*Store)(nil)
	_ series.Dropper     = (*Store)(nil)
	_ series.Overwriter  = (*Store)(nil)
)

var errClosed = errors.New("the store is closed")

// How long the server may take to accept a connection, and how long it may be silent in the middle of a question
// or an answer.
const (
	dialTimeout   = 10 * time.Second
	answerTimeout = 60 * time.Second
)

// Open prepares the store. It does not wait for the server, which may come later: each call says so.
func Open(opts Options) (*Store, error) {
	base, err := url.Parse(opts.URL)
	if err != nil {
		return nil, fmt.Errorf("open influxdb: %w", err)
	}
	if base.Scheme != "http" && base.Scheme != "https" || base.Host == "" {
		return nil, fmt.Errorf("open influxdb: url %q: use one such as http://127.0.0.1:8086", opts.URL)
	}
	if opts.Database == "" {
		return nil, errors.New("open influxdb: no database")
	}
	if opts.Bucket == "" {
		opts.Bucket = opts.Database + "/" + opts.RetentionPolicy
	}
	if opts.OnRefused == nil {
		opts.OnRefused = func(string, error) {}
	}
	s := &Store{opts: opts, query: base.JoinPath("query").String(), who: authorization(opts), http: newHTTP(answerTimeout)}
	s.client = influxdb2.NewClientWithOptions(opts.URL, "", influxdb2.DefaultOptions().SetPrecision(time.Millisecond).SetHTTPClient(s.http))
	s.client.HTTPService().SetAuthorization(s.who)
	s.writer = s.client.WriteAPIBlocking(opts.Org, opts.Bucket)
	return s, nil
}

func authorization(opts Options) string {
	switch {
	case opts.Token != "":
		return "Token " + opts.Token
	case opts.Username != "":
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(opts.Username+":"+opts.Password))
	}
	return ""
}

// newHTTP is a client that waits for a server only so long while nothing moves.
func newHTTP(patience time.Duration) *http.Client {
	dialer := net.Dialer{Timeout: dialTimeout}
	return &http.Client{Transport: &http.Transport{
		Proxy: http.ProxyFromEnvironment,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := dialer.DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return impatient{c, patience}, nil
		},
		ResponseHeaderTimeout: patience,
		MaxIdleConnsPerHost:   4,
		IdleConnTimeout:       patience / 2,
	}}
}

// impatient is a connection that fails when nothing moves on it.
type impatient struct {
	net.Conn
	patience time.Duration
}

func (c impatient) Read(b []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(c.patience)); err != nil {
		return 0, err
	}
	return c.Conn.Read(b)
}

func (c impatient) Write(b []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(c.patience)); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}

// Close lets go of the connections. Calls under way end as they would. It may be called twice.
func (s *Store) Close() error {
	if !s.closed.Swap(true) {
		s.client.Close()
		s.http.CloseIdleConnections()
	}
	return nil
}
