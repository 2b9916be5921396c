package alert

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/tls"
	"errors"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"
)

// postOffice is a mail server that keeps what it was given.
type postOffice struct {
	address string
	ca      string // PEM file

	mu      sync.Mutex
	letters []letter
}

type letter struct {
	user, from string
	to         []string
	text       []byte
}

// openPostOffice opens one that takes letters with a password, with TLS after STARTTLS or from the first byte.
func openPostOffice(t *testing.T, tlsFromStart bool) *postOffice {
	t.Helper()
	p := &postOffice{ca: filepath.Join(t.TempDir(), "ca.pem")}
	der, key := certificate(t, p.ca, "mail.example", time.Now().Add(time.Hour))
	config := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: (*ecdsa.PrivateKey)(key)}}}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.address = ln.Addr().String()
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{office: p}, nil }))
	server.Domain, server.TLSConfig, server.ErrorLog = "mail.example", config, quietLog{}
	server.AllowInsecureAuth = true // for who asks for it on this computer
	if tlsFromStart {
		ln = tls.NewListener(ln, config)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(ln)
	}()
	t.Cleanup(func() {
		server.Close()
		<-done
	})
	return p
}

type quietLog struct{}

func (quietLog) Printf(string, ...any) {}
func (quietLog) Println(...any)        {}

// session is one delivery.
type session struct {
	office *postOffice
	letter letter
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "lineproof" || password != "bí mật" {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "wrong password"}
		}
		s.letter.user = user
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.letter.user == "" {
		return smtp.ErrAuthRequired
	}
	s.letter.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if strings.HasPrefix(to, "nobody") {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such person"}
	}
	s.letter.to = append(s.letter.to, to)
	return nil
}

func (s *session) Data(r io.Reader) (err error) {
	if s.letter.text, err = io.ReadAll(r); err != nil {
		return err
	}
	s.office.mu.Lock()
	defer s.office.mu.Unlock()
	s.office.letters = append(s.office.letters, s.letter)
	return nil
}

func (s *session) Reset()        { s.letter = letter{user: s.letter.user} }
func (s *session) Logout() error { return nil }

func secretFile(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(text+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func mailTo(t *testing.T, p *postOffice) *Email {
	return &Email{
		Server: p.address, TLS: startTLS, CA: p.ca, Username: "lineproof", PasswordFile: secretFile(t, "bí mật"),
		From: "Lineproof <lineproof@plant.example>", To: []string{"Quản đốc <manager@plant.example>", "owner@plant.example"},
	}
}

func TestEmail(t *testing.T) {
	for _, tt := range []struct {
		name      string
		fromStart bool
		edit      func(*Email)
		want      string // in the error; "" for none
	}{
		{"STARTTLS", false, func(*Email) {}, ""},
		{"TLS from the first byte", true, func(e *Email) { e.TLS = fromStart }, ""},
		{"no TLS, on this computer", false, func(e *Email) { e.TLS = noTLS }, ""},
		{"another authority", false, func(e *Email) { e.CA = "" }, "starttls: tls: failed to verify certificate"},
		{"wrong password", false, func(e *Email) { e.PasswordFile = secretFile(t, "falsch") }, "log in as lineproof: 535 \"5.7.8 wrong password\""},
		{"no password", false, func(e *Email) { e.Username = "" }, "from lineproof@plant.example: 502"},
		{"nobody there", false, func(e *Email) { e.To = []string{"nobody@plant.example"} }, "to nobody@plant.example: 550 \"5.1.1 no such person\""},
		{"no server", false, func(e *Email) { e.Server = "127.0.0.1:1" }, "connection refused"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := openPostOffice(t, tt.fromStart)
			cfg := mailTo(t, p)
			tt.edit(cfg)
			err := Test(t.Context(), Config{Channels: map[string]Channel{"boss": {Language: "vi", Email: cfg}}}, "boss", time.Now())
			if tt.want != "" {
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("got %v, want %s", err, tt.want)
				}
				return
			}
			if err != nil || len(p.letters) != 1 {
				t.Fatalf("%v, %d letters", err, len(p.letters))
			}
			l := p.letters[0]
			if diff := cmp.Diff([]string{"lineproof", "lineproof@plant.example", "manager@plant.example owner@plant.example"}, []string{l.user, l.from, strings.Join(l.to, " ")}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			reads(t, l.text, "Tin thử từ Lineproof", "Kênh boss gửi được tin. Không có sự cố nào, anh chị không cần làm gì.\r\n")
		})
	}
}

// reads reads a letter as a mail program does.
func reads(t *testing.T, text []byte, subject, body string) {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := (&mime.WordDecoder{}).DecodeHeader(m.Header.Get("Subject")); err != nil || got != subject {
		t.Errorf("subject %q, %v, want %q", got, err, subject)
	}
	if _, err := m.Header.Date(); err != nil {
		t.Errorf("date: %v", err)
	}
	if to, err := m.Header.AddressList("To"); err != nil || len(to) != 2 || to[0].Name != "Quản đốc" {
		t.Errorf("to %v, %v", to, err)
	}
	if got, err := io.ReadAll(quotedprintable.NewReader(m.Body)); err != nil || string(got) != body {
		t.Errorf("text %q, %v, want %q", got, err, body)
	}
	for _, line := range bytes.Split(text, []byte("\r\n")) {
		if len(line) > 998 {
			t.Errorf("a line of %d bytes", len(line))
		}
	}
}

// TestMailServerThatHangs takes the connection and says nothing.
func TestMailServerThatHangs(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		conn, err := ln.Accept()
		if err == nil {
			defer conn.Close()
		}
		cancel()
		<-ctx.Done()
	}()
	send, err := newEmail(Email{Server: ln.Addr().String(), TLS: startTLS, From: "a@plant.example", To: []string{"b@plant.example"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := send(ctx, Note{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}
