package modbus

import (
	"context"
	"io"
	"net"
	"slices"
	"testing"
	"time"

	meter "github.com/lineproof/lineproof/lines/plc"
)

func TestMatchNamed(t *testing.T) {
	pm2120 := Match{Vendor: "schneider", Product: "PM2120"}
	for _, tc := range []struct {
		name  string
		match Match
		id    Identity
		want  bool
	}{
		{name: "both", match: pm2120, id: Identity{Vendor: "Schneider Electric", Product: "METSEPM2120"}, want: true},
		{name: "another product", match: pm2120, id: Identity{Vendor: "Schneider Electric", Product: "METSEPM2220"}},
		{name: "another vendor", match: pm2120, id: Identity{Vendor: "Siemens", Product: "PM2120"}},
		{name: "product only", match: Match{Product: "ATV12"}, id: Identity{Product: "ATV12H075M2"}, want: true},
		{name: "by register", match: Match{Table: holding, Address: 1, Equals: []uint16{7}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := tc.match.Named(tc.id); got != tc.want {
				t.Errorf("got %v, want %v", got, tc.want)
			}
		})
	}
}

// TestFitProfiles asks a server that has nothing but the register of one model.
func TestFitProfiles(t *testing.T) {
	for _, tc := range []struct {
		name  string
		table meter.Table
		at    uint16
		holds uint16
		id    Identity
		want  []string
	}{
		{name: "meter code", table: meter.Holding, at: 0xFC02, holds: 0x0089, want: []string{"eastron-sdm72d-m-v2"}},
		{name: "input register", table: meter.Input, at: 0x000B, holds: 71, want: []string{"carlo-gavazzi-em24"}},
		{name: "other value", table: meter.Holding, at: 0xFC02, holds: 0x1234},
		{
			name: "its own words are enough", table: meter.Holding, at: 0xFC02, holds: 0x0089,
			id: Identity{Vendor: "Schneider Electric", Product: "iEM3155"}, want: []string{"schneider-iem3155"},
		},
		{
			name: "words that fit nothing", table: meter.Holding, at: 0xFC02, holds: 0x0020,
			id: Identity{Vendor: "Eastron", Product: "SDM120"}, want: []string{"eastron-sdm120"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			image := new(meter.Image)
			image.Put(tc.table, tc.at, tc.holds)
			p, err := NewProbe(serve(t, 7, image), time.Second)
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			if got := FitProfiles(context.Background(), p, 7, tc.id); !slices.Equal(got, tc.want) {
				t.Errorf("fits %v, want %v", got, tc.want)
			}
		})
	}
}

// TestFitProfilesSilent gives up on a unit that does not answer, after one request.
func TestFitProfilesSilent(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	heard := make(chan []byte, 1)
	go func() {
		defer close(heard)
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		all, _ := io.ReadAll(conn) // until the probe closes
		heard <- all
	}()
	p, err := NewProbe("tcp://"+ln.Addr().String(), 50*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	got := FitProfiles(context.Background(), p, 7, Identity{})
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	_ = ln.Close()
	if all := <-heard; len(got) > 0 || len(all) != requestTCP {
		t.Errorf("fits %v after %d bytes, want nothing after the %d of one request", got, len(all), requestTCP)
	}
}

// requestTCP is the length of one read request over Modbus TCP.
const requestTCP = 12
