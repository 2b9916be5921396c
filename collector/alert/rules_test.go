package alert

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/collectortest"
)

func TestQualityUnderItsTarget(t *testing.T) {
	rules := func(edit func(*Quality)) Rules {
		r := Rules{Quality: defaultRules().Quality}
		edit(r.Quality)
		return r
	}
	for _, tt := range []struct {
		name    string
		rules   Rules
		rejects uint64 // of 40 units a minute, for a quarter of an hour
		want    []string
	}{
		{"the line's own target, 97 %", rules(func(*Quality) {}), 4, []string{"07:04 raised", "07:59 over"}},
		{"above it", rules(func(*Quality) {}), 1, nil},
		{"a limit of the rule", rules(func(q *Quality) { q.Under = 0.8 }), 4, nil},
		{"a limit of the line", rules(func(q *Quality) { q.Under, q.Lines = 0.8, map[string]QualityLine{line: {Under: 0.95}} }), 4, []string{"07:04 raised", "07:39 over"}},
		{"too few units", rules(func(q *Quality) { q.Lines = map[string]QualityLine{line: {Minimum: 100_000}} }), 4, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := openHook(t)
			s := tell(t, "07:00", Config{Rules: tt.rules, Channels: one(english(h))})
			s.works(15, collectortest.Execute, 4, tt.rejects)
			s.works(46, collectortest.Execute, 4, 0)
			var got []string
			for _, n := range h.notes {
				got = append(got, n.SentAt.In(hanoi).Format("15:04 ")+n.Kind)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("told (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMeterThatIsNotRead(t *testing.T) {
	h := openHook(t)
	s := tell(t, "07:00", Config{Rules: Rules{Energy: defaultRules().Energy}, Channels: one(english(h))})
	collectortest.AddMeter(s.gateway)
	read := make([]float64, 20)
	for i := range read {
		read[i] = float64(i)
	}
	s.works(20, collectortest.Execute, 4, 0, read...)
	s.works(14, collectortest.Held, 0, 0) // what stands still uses nothing
	s.works(14, collectortest.Execute, 4, 0)
	s.wants(h)
	s.silence(30 * time.Minute) // nobody knows whether it runs
	s.gateway.At = s.Clock.Now().Truncate(time.Minute)
	s.wants(h)
	s.works(3, collectortest.Execute, 4, 0)
	s.wants(h, "Mon 08:19 raised: Block line: the energy meter of Press is not read")
	s.works(10, collectortest.Execute, 4, 0, read[:10]...)
	s.wants(h, "Mon 08:19 raised: Block line: the energy meter of Press is not read", "Mon 08:27 over: Block line: the energy meter of Press is read again")
}

func TestGatewaysThatTheCollectorCannotHear(t *testing.T) {
	h := openHook(t)
	s := tell(t, "07:00", Config{Rules: Rules{Silent: defaultRules().Silent}, Channels: one(english(h))})
	s.Know("never-heard")
	s.pass(time.Minute)
	s.end()
	s.listens = time.Time{} // its broker is away
	s.start()
	s.silence(time.Hour)
	s.wants(h)
	s.end()
	s.listens = s.Clock.Now()
	s.start()
	s.silence(9 * time.Minute)
	s.wants(h)
	s.silence(2 * time.Minute)
	s.wants(h, "Mon 08:11 raised: Block line: gateway huu-lung-01 is silent")
	if since := h.last().Since.In(hanoi).Format("15:04"); since != "07:00" {
		t.Errorf("silent since %s, want when it was heard last", since)
	}
}

// certificate writes one that ends at a time into a file, after those that stand there.
func certificate(t *testing.T, file, name string, ends time.Time) (der []byte, key *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: ends.AddDate(-2, 0, 0), NotAfter: ends,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	if der, err = x509.CreateCertificate(rand.Reader, template, template, key.Public(), key); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := pem.Encode(f, &pem.Block{Type: "CERTIFICATE", Bytes: der}); err != nil {
		t.Fatal(err)
	}
	return der, key
}

func TestCertificateNearItsEnd(t *testing.T) {
	dir, now := t.TempDir(), monday(t, "07:00")
	broker, ca, mail, web := filepath.Join(dir, "broker.pem"), filepath.Join(dir, "ca.pem"), filepath.Join(dir, "mail.pem"), filepath.Join(dir, "web.pem")
	certificate(t, broker, "broker.example", now.AddDate(0, 0, 29))
	certificate(t, ca, "old authority", now.AddDate(0, 0, -1)) // the next one stands beside it
	certificate(t, ca, "new authority", now.AddDate(1, 0, 0))
	certificate(t, mail, "mail authority", now.AddDate(0, 0, 31))
	certificate(t, web, "pages.example", now.AddDate(0, 0, 40))
	h := openHook(t)
	rules := Rules{Certificate: defaultRules().Certificate}
	rules.Certificate.Files = []string{web, filepath.Join(dir, "none.pem")}
	c := english(h)
	c.Webhook.CA = mail
	s := tell(t, "07:00", Config{Rules: rules, Channels: one(c)})
	s.end()
	s.opts.Certificates = []Certificates{{broker, false}, {ca, true}}
	s.start()
	s.silence(time.Minute)
	s.wants(h, "Mon 07:00 raised: The certificate of broker.example ends soon")
	if want := "The certificate in " + broker + " ends at 2026-03-31 07:00, in 28 d."; !strings.HasPrefix(h.last().Text, want) {
		t.Errorf("%s\nwant %s", h.last().Text, want)
	}
	s.silence(24 * time.Hour)
	if told := h.told(); len(told) != 2 || told[1] != "Tue 07:00 raised: The certificate of mail authority ends soon" {
		t.Errorf("told %v", told)
	}
	if err := os.Remove(broker); err != nil {
		t.Fatal(err)
	}
	s.silence(time.Hour)
	certificate(t, broker, "broker.example", now.AddDate(1, 0, 0))
	s.silence(time.Minute)
	if told := h.told(); len(told) != 3 || told[2] != "Tue 08:01 over: The certificate of broker.example was renewed" {
		t.Errorf("told %v", told)
	}
}

func TestCertificateThatHasEnded(t *testing.T) {
	file := filepath.Join(t.TempDir(), "broker.pem")
	certificate(t, file, "broker.example", monday(t, "06:00"))
	h := openHook(t)
	s := tell(t, "07:00", Config{Rules: Rules{Certificate: defaultRules().Certificate}, Channels: one(english(h))})
	s.end()
	s.opts.Certificates = []Certificates{{File: file}}
	s.start()
	s.silence(time.Minute)
	if want := "The certificate in " + file + " has ended at 2026-03-02 06:00.\n"; !strings.HasPrefix(h.last().Text, want) {
		t.Errorf("%s\nwant %s", h.last().Text, want)
	}
}

// TestWitnesses: a refusal is told at once, silence after a while, and neither of one that was never set up.
func TestWitnesses(t *testing.T) {
	var seen atomic.Pointer[[]Watcher]
	stand := func(all ...Watcher) { seen.Store(&all) }
	h := openHook(t)
	s := tell(t, "07:00", Config{Rules: Rules{Witness: defaultRules().Witness}, Channels: one(english(h))})
	s.end()
	s.opts.Witnesses = func() []Watcher { return *seen.Load() }
	at := s.Clock.Now()
	stand(Watcher{Name: "department", Cosigns: true, Cosigned: at}, Watcher{Name: "university"})
	s.start()
	s.silence(2 * time.Hour)
	s.wants(h)

	stand(Watcher{Name: "department", Cosigned: s.Clock.Now()}, Watcher{Name: "university"})
	s.silence(50 * time.Minute)
	s.wants(h)
	s.silence(20 * time.Minute)
	told := []string{"Mon 10:00 raised: Witness department does not cosign"}
	s.wants(h, told...)
	if since := h.last().Since.In(hanoi).Format("15:04"); since != "09:00" {
		t.Errorf("silent since %s, want its last cosignature", since)
	}

	stand(Watcher{Name: "department", Refuses: true, Cosigned: at}, Watcher{Name: "university"})
	s.silence(time.Minute)
	told = append(told, "Mon 10:10 raised: Witness department refuses the ledger")
	s.wants(h, told...)

	s.restart()
	stand(Watcher{Name: "department", Cosigned: at}, Watcher{Name: "university"}) // away: what it thinks of the ledger is not known
	s.silence(time.Minute)
	s.wants(h, told...)
	stand(Watcher{Name: "department", Cosigns: true, Cosigned: s.Clock.Now()}, Watcher{Name: "university"})
	s.silence(time.Minute)
	if told := h.told(); len(told) != 4 || told[2] != "Mon 10:12 over: Witness department cosigns again" || told[3] != told[2] {
		t.Errorf("told %q, want both to be over", told)
	}
}
