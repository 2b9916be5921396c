package publish

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net"
	"net/url"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
)

// Step is one part of the way to a broker, in their order.
type Step string

// The steps of Try.
const (
	StepFiles   Step = "files"   // password and certificates can be read
	StepResolve Step = "resolve" // the name has an address
	StepConnect Step = "connect" // the port takes connections
	StepTLS     Step = "tls"     // its certificate is good
	StepLogin   Step = "login"   // it lets this gateway in
)

// Way is how far one came on the way to a broker.
type Way struct {
	Host    string
	Address string        // that the name has, with the port
	Took    time.Duration // of connecting
	Until   time.Time     // the broker's certificate is valid; zero without TLS
	Failed  Step          // where it ended; "" when all went well
	Err     error
}

// Try goes the way to the broker once, step by step. It logs in only on demand: with the gateway's name,
// which ends the connection of an agent that is running.
func Try(ctx context.Context, config Config, login bool) Way {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	broker, err := url.Parse(config.Broker)
	if err != nil {
		return Way{Failed: StepResolve, Err: err}
	}
	w := Way{Host: broker.Host}
	p := &Publisher{config: config, opts: Options{Logger: slog.New(slog.DiscardHandler)}}
	_, err = p.password()
	if p.tls, w.Err = config.tls(p.opts.Logger); cmp.Or(err, w.Err) != nil {
		w.Failed, w.Err = StepFiles, cmp.Or(err, w.Err)
		return w
	}
	conn := w.connect(ctx, broker, p.tls)
	if w.Err != nil {
		return w
	}
	if !login {
		w.Err = conn.Close()
		return w
	}
	if w.Err = p.login(ctx, conn); w.Err != nil {
		w.Failed = StepLogin
	}
	return w
}

// connect goes as far as TLS; the connection is nil where that failed.
func (w *Way) connect(ctx context.Context, broker *url.URL, config *tls.Config) net.Conn {
	addresses, err := net.DefaultResolver.LookupHost(ctx, broker.Hostname())
	if err != nil {
		w.Failed, w.Err = StepResolve, err
		return nil
	}
	w.Address = net.JoinHostPort(addresses[0], broker.Port())
	began := time.Now()
	conn, err := (&net.Dialer{Timeout: connectTimeout / 3}).DialContext(ctx, "tcp", broker.Host)
	if err != nil {
		w.Failed, w.Err = StepConnect, err
		return nil
	}
	w.Took = time.Since(began)
	if config == nil {
		return conn
	}
	config = config.Clone()
	config.ServerName = broker.Hostname()
	config.VerifyConnection = func(state tls.ConnectionState) error {
		w.Until = earliest(state.PeerCertificates)
		return nil
	}
	secure := tls.Client(conn, config)
	if err := secure.HandshakeContext(ctx); err != nil {
		_ = conn.Close() // says nothing that err does not
		w.Failed, w.Err = StepTLS, err
		return nil
	}
	return secure
}

// earliest is when the first of a chain's certificates ends.
func earliest(chain []*x509.Certificate) (until time.Time) {
	for _, c := range chain {
		if until.IsZero() || c.NotAfter.Before(until) {
			until = c.NotAfter
		}
	}
	return until
}

// login says hello and goodbye over conn. The session that the broker keeps for the gateway stays as it is.
func (p *Publisher) login(ctx context.Context, conn net.Conn) error {
	password, err := p.password()
	if err != nil {
		return err
	}
	options := mqtt.NewClientOptions().AddBroker(p.config.Broker)
	options.SetClientID(p.config.Gateway).SetUsername(p.config.Username).SetPassword(password)
	options.SetProtocolVersion(4).SetCleanSession(false).SetAutoReconnect(false).SetConnectRetry(false)
	options.SetAutoAckDisabled(true) // what the broker sends meanwhile is for the agent
	options.SetCustomOpenConnectionFn(func(*url.URL, mqtt.ClientOptions) (net.Conn, error) { return conn, nil })
	client := mqtt.NewClient(options)
	token := client.Connect()
	select {
	case <-token.Done():
	case <-ctx.Done():
		_ = conn.Close() // which ends Connect
		<-token.Done()
		return ctx.Err()
	}
	if err := token.Error(); err != nil {
		return err
	}
	client.Disconnect(250)
	return nil
}
