package publish

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"github.com/lineproof/lineproof/record"
)

const (
	connectTimeout = 15 * time.Second // name, TCP, TLS and MQTT together
	writeTimeout   = 10 * time.Second
	keepAlive      = 30 * time.Second
	expirySoon     = 30 * 24 * time.Hour
)

// tls loads certificates once; nil for a broker without TLS.
func (c Config) tls(log *slog.Logger) (*tls.Config, error) {
	if strings.HasPrefix(c.Broker, "tcp://") {
		return nil, nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.CA != "" {
		text, err := os.ReadFile(c.CA)
		if err != nil {
			return nil, fmt.Errorf("read certificate authority: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("certificate authority %q holds no certificate", c.CA)
		}
		warnOfExpiry(log, c.CA, text)
	}
	if c.Cert != "" {
		pair, err := tls.LoadX509KeyPair(c.Cert, c.Key)
		if err != nil {
			return nil, fmt.Errorf("load certificate %q: %w", c.Cert, err)
		}
		config.Certificates = []tls.Certificate{pair}
		if text, err := os.ReadFile(c.Cert); err == nil {
			warnOfExpiry(log, c.Cert, text)
		}
	}
	return config, nil
}

func warnOfExpiry(log *slog.Logger, file string, text []byte) {
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if cert, err := x509.ParseCertificate(block.Bytes); err == nil && time.Until(cert.NotAfter) < expirySoon {
			log.Warn("a certificate ends soon or has ended", "file", file, "ends", cert.NotAfter)
		}
	}
}

func (p *Publisher) password() (string, error) {
	if p.config.PasswordFile == "" {
		return "", nil
	}
	text, err := os.ReadFile(p.config.PasswordFile)
	if err != nil {
		return "", fmt.Errorf("read password: %w", err)
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}

// connect makes one connection and keeps to it until it is lost or ctx ends. Each has a client of its
// own, so that nothing of an earlier connection is sent again behind the session's back.
func (p *Publisher) connect(ctx context.Context) error {
	dialing, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	lost, opened := make(chan error, 1), make(chan net.Conn, 1)
	options, err := p.options(lost, func(u *url.URL, _ mqtt.ClientOptions) (net.Conn, error) {
		conn, err := p.dial(dialing, u)
		if err == nil {
			opened <- conn
		}
		return conn, err
	})
	if err != nil {
		return err
	}
	client := mqtt.NewClient(options)
	token := client.Connect()
	select {
	case <-token.Done():
	case <-dialing.Done(): // the broker took the connection and said nothing
		select {
		case conn := <-opened:
			conn.Close()
		case <-token.Done():
		}
		<-token.Done()
	}
	if err := token.Error(); err != nil {
		return err
	}
	p.connected.Store(true)
	p.opts.Logger.Info("connected to the broker", "broker", p.config.Broker)
	return p.session(ctx, client, lost)
}

func (p *Publisher) options(lost chan<- error, open mqtt.OpenConnectionFunc) (*mqtt.ClientOptions, error) {
	password, err := p.password()
	if err != nil {
		return nil, err
	}
	will, err := record.Status{Time: time.Now().UTC().Truncate(time.Millisecond)}.Encode()
	if err != nil {
		return nil, fmt.Errorf("encode will: %w", err)
	}
	o := mqtt.NewClientOptions().AddBroker(p.config.Broker)
	o.SetClientID(p.config.Gateway).SetUsername(p.config.Username).SetPassword(password)
	o.SetProtocolVersion(4) // without it a refusal is tried again with an older version
	o.SetCleanSession(false).SetAutoReconnect(false).SetConnectRetry(false)
	o.SetKeepAlive(keepAlive).SetPingTimeout(keepAlive / 3).SetWriteTimeout(writeTimeout)
	o.SetBinaryWill(record.TopicStatus.Of(p.config.Gateway), will, 1, true)
	o.SetDefaultPublishHandler(p.receipt) // what the broker kept for this session comes before the subscription
	o.SetConnectionLostHandler(func(_ mqtt.Client, err error) {
		select {
		case lost <- err:
		default:
		}
	})
	o.SetCustomOpenConnectionFn(open)
	return o, nil
}

func (p *Publisher) dial(ctx context.Context, u *url.URL) (net.Conn, error) {
	if p.tls != nil {
		return (&tls.Dialer{Config: p.tls}).DialContext(ctx, "tcp", u.Host)
	}
	return (&net.Dialer{}).DialContext(ctx, "tcp", u.Host)
}
