package alert

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/smtp"
	"os"
	"strings"
	"time"
)

// Ways to a mail server.
const (
	startTLS  = "starttls"
	fromStart = "tls"
	noTLS     = "none"
)

// email sends through one mail server.
type email struct {
	Email
	host     string
	password string
	from     *mail.Address
	to       []*mail.Address
	tls      *tls.Config
}

func newEmail(cfg Email) (func(context.Context, Note) error, error) {
	e := email{Email: cfg}
	var err error
	if e.host, _, err = net.SplitHostPort(cfg.Server); err != nil {
		return nil, err
	}
	if e.password, err = secret(cfg.PasswordFile); err != nil {
		return nil, err
	}
	if e.from, err = mail.ParseAddress(cfg.From); err != nil {
		return nil, fmt.Errorf("from %q: %w", cfg.From, err)
	}
	for _, to := range cfg.To {
		address, err := mail.ParseAddress(to)
		if err != nil {
			return nil, fmt.Errorf("to %q: %w", to, err)
		}
		e.to = append(e.to, address)
	}
	if e.tls, err = trust(cfg.CA); err != nil {
		return nil, err
	}
	e.tls.ServerName = e.host
	return e.send, nil
}

// trust makes a TLS configuration that believes the authorities in a file; those of the system where none is named.
func trust(file string) (*tls.Config, error) {
	cfg := &tls.Config{MinVersion: tls.VersionTLS12}
	if file == "" {
		return cfg, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	cfg.RootCAs = x509.NewCertPool()
	if !cfg.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s: holds no PEM certificate", file)
	}
	return cfg, nil
}

func (e email) send(ctx context.Context, n Note) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", e.Server)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })() // what hangs ends with ctx
	if err := e.talk(conn, n); err != nil {
		if ctx.Err() != nil {
			return errors.Join(ctx.Err(), err)
		}
		return err
	}
	return nil
}

func (e email) talk(conn net.Conn, n Note) error {
	if e.TLS == fromStart {
		conn = tls.Client(conn, e.tls)
	}
	c, err := smtp.NewClient(conn, e.host)
	if err != nil {
		return err
	}
	if e.TLS == startTLS {
		if err := c.StartTLS(e.tls); err != nil {
			return fmt.Errorf("starttls: %w", err)
		}
	}
	if e.Username != "" {
		if err := c.Auth(smtp.PlainAuth("", e.Username, e.password, e.host)); err != nil {
			return fmt.Errorf("log in as %s: %w", e.Username, err)
		}
	}
	if err := c.Mail(e.from.Address); err != nil {
		return fmt.Errorf("from %s: %w", e.from.Address, err)
	}
	for _, to := range e.to {
		if err := c.Rcpt(to.Address); err != nil {
			return fmt.Errorf("to %s: %w", to.Address, err)
		}
	}
	body, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := body.Write(e.message(n)); err != nil {
		return err
	}
	if err := body.Close(); err != nil {
		return err
	}
	return c.Quit()
}

// message is an e-mail of RFC 5322 with a text in UTF-8.
func (e email) message(n Note) []byte {
	var b bytes.Buffer
	var to []string
	for _, address := range e.to {
		to = append(to, address.String())
	}
	_, domain, _ := strings.Cut(e.from.Address, "@")
	for _, header := range [][2]string{
		{"From", e.from.String()},
		{"To", strings.Join(to, ", ")},
		{"Subject", mime.QEncoding.Encode("utf-8", n.Title)},
		{"Date", n.SentAt.Format(time.RFC1123Z)},
		{"Message-ID", "<" + rand.Text() + "@" + domain + ">"},
		{"Auto-Submitted", "auto-generated"},
		{"MIME-Version", "1.0"},
		{"Content-Type", "text/plain; charset=utf-8"},
		{"Content-Language", n.Language},
		{"Content-Transfer-Encoding", "quoted-printable"},
	} {
		fmt.Fprintf(&b, "%s: %s\r\n", header[0], header[1])
	}
	b.WriteString("\r\n")
	text := quotedprintable.NewWriter(&b)
	// Writing to memory does not fail.
	_, _ = text.Write([]byte(strings.ReplaceAll(n.Text, "\n", "\r\n") + "\r\n"))
	_ = text.Close()
	return b.Bytes()
}
