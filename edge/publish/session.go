package publish

import (
	"context"
	"errors"
	"fmt"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	"golang.org/x/time/rate"

	"github.com/lineproof/lineproof/record"
)

const (
	livePause = 50 * time.Millisecond // at least, between two live messages
	fruitless = 3                     // times of sending everything again before the connection is given up
	unsure    = 5 * time.Second       // between two questions for the time while it is not known
)

var errSilent = errors.New("connected, but no receipts come")

// session is one connection's part of the work.
type session struct {
	*Publisher
	client mqtt.Client
	sent   uint64      // last batch sent on this connection, or in the ledger
	stored uint64      // last batch in the ledger
	resend *time.Timer // fires when a receipt is overdue
	silent int         // times that it fired in a row
	told   uint64      // notice that was sent ahead

	flight   []flight // sent, and not in the ledger yet; in order
	unsent   int      // how many bytes of them the broker has not taken
	untaken  int      // from this one of flight on
	pace     *rate.Limiter
	nextSend *time.Timer // fires when the pace allows the next batch
}

// flight is one batch under way.
type flight struct {
	seq   uint64
	bytes int
	token mqtt.Token // done when the broker has taken it
}

// session publishes over one connection. It begins with the first batch that has no receipt.
func (p *Publisher) session(ctx context.Context, client mqtt.Client, lost <-chan error) error {
	defer client.Disconnect(250)
	received := p.spool.Received()
	s := &session{
		Publisher: p, client: client, sent: received, stored: received, resend: time.NewTimer(p.opts.ReceiptTimeout),
		pace: rate.NewLimiter(rate.Limit(p.opts.CatchUp), Window), nextSend: time.NewTimer(time.Hour),
	}
	defer s.resend.Stop()
	defer s.nextSend.Stop()
	if err := s.subscribe(); err != nil {
		return err
	}
	if err := s.publishStatus(true); err != nil {
		return err
	}
	if err := s.publishLive(true); err != nil {
		return err
	}
	return s.loop(ctx, lost)
}

func (s *session) loop(ctx context.Context, lost <-chan error) error {
	status, full, ask := time.NewTicker(s.opts.StatusEvery), time.NewTicker(s.opts.ImageEvery), time.NewTicker(unsure)
	pause := time.NewTimer(0)
	defer status.Stop()
	defer full.Stop()
	defer ask.Stop()
	defer pause.Stop()
	<-pause.C
	wake := s.live.wake
	for {
		changed := s.spool.Changed()
		if err := s.send(); err != nil {
			return err
		}
		var err error
		select {
		case <-ctx.Done():
			return s.publishStatus(false)
		case err = <-lost:
			return fmt.Errorf("connection lost: %w", err)
		case <-changed:
		case <-s.taken():
		case <-s.nextSend.C:
		case <-s.resend.C:
			err = s.overdue()
		case <-status.C:
			err = s.publishStatus(true)
		case <-s.status:
			err = s.publishStatus(true)
		case <-ask.C:
			if s.unsure.Load() {
				err = s.publishStatus(true)
			}
		case <-full.C:
			err = s.publishLive(true)
		case <-wake:
			err = s.publishLive(false)
			wake = nil
			pause.Reset(livePause)
		case <-pause.C:
			wake = s.live.wake
		}
		if err != nil {
			return err
		}
	}
}

func (s *session) subscribe() error {
	topic := record.TopicReceipt.Of(s.config.Gateway)
	token := s.client.Subscribe(topic, 1, s.receipt)
	if !token.WaitTimeout(connectTimeout) {
		return fmt.Errorf("subscribe %s: no answer", topic)
	}
	if err := token.Error(); err != nil {
		return fmt.Errorf("subscribe %s: %w", topic, err)
	}
	return nil
}

// send publishes what window, connection and pace allow, in order.
func (s *session) send() error {
	s.landed()
	if s.refusing.Load() {
		return nil
	}
	if err := s.tell(); err != nil {
		return err
	}
	for s.room() {
		r, ok := s.spool.Next(s.sent)
		if !ok {
			return nil
		}
		if now := time.Now(); !s.pace.AllowN(now, 1) {
			s.nextSend.Reset(time.Duration(float64(time.Second) / s.opts.CatchUp))
			return nil
		}
		if s.sent == s.stored {
			s.resend.Reset(s.opts.ReceiptTimeout)
		}
		if err := s.publishBatch(r.Seq, r.Sealed); err != nil {
			return err
		}
		s.sent = r.Seq
	}
	return nil
}

// landed takes out of flight what the ledger has, and notices a collector that was set back.
func (s *session) landed() {
	stored := s.spool.StoredSeq()
	switch {
	case stored > s.stored:
		s.silent = 0
		s.resend.Reset(s.opts.ReceiptTimeout)
	case stored < s.stored:
		s.sent, s.told, s.flight, s.unsent, s.untaken = stored, 0, nil, 0, 0
	}
	s.stored = stored
	s.sent = max(s.sent, stored)
	n := 0
	for n < len(s.flight) && s.flight[n].seq <= stored {
		if n >= s.untaken {
			s.unsent -= s.flight[n].bytes
		}
		n++
	}
	s.flight, s.untaken = s.flight[n:], max(s.untaken-n, 0)
}

// room tells whether one batch more may go under way.
func (s *session) room() bool {
	for s.untaken < len(s.flight) && done(s.flight[s.untaken].token) {
		s.unsent -= s.flight[s.untaken].bytes
		s.untaken++
	}
	bytes := 0
	for _, f := range s.flight {
		bytes += f.bytes
	}
	return len(s.flight) < Window && bytes < windowBytes && s.unsent < unsentBytes
}

func done(t mqtt.Token) bool {
	select {
	case <-t.Done():
		return true
	default:
		return false
	}
}

// taken is closed when the broker takes the oldest batch that it has not taken yet.
func (s *session) taken() <-chan struct{} {
	if s.untaken < len(s.flight) && s.unsent >= unsentBytes {
		return s.flight[s.untaken].token.Done()
	}
	return nil
}

// tell sends the notice of lost batches ahead of those that are left.
func (s *session) tell() error {
	notice := s.notice.Load()
	if notice <= s.told || notice <= s.stored+1 {
		return nil
	}
	r, ok := s.spool.Next(notice - 1)
	if !ok || r.Seq != notice {
		return nil
	}
	s.told = notice
	s.sent = s.stored // what was sent before it came too early
	return s.publish(record.TopicBatch, 1, false, r.Sealed)
}

// overdue goes back to the first batch that the ledger does not have.
func (s *session) overdue() error {
	s.resend.Reset(s.opts.ReceiptTimeout)
	if s.sent == s.stored {
		return nil
	}
	if s.silent++; s.silent > fruitless {
		return errSilent
	}
	s.opts.Logger.Warn("no receipt came; the batches are sent again", "from", s.stored+1, "to", s.sent)
	s.sent, s.told, s.flight, s.unsent, s.untaken = s.stored, 0, nil, 0, 0
	return nil
}

// publishBatch sends one batch and follows it on its way.
func (s *session) publishBatch(seq uint64, sealed []byte) error {
	token, err := s.hand(record.TopicBatch, 1, false, sealed)
	if err == nil {
		s.flight = append(s.flight, flight{seq, len(sealed), token})
		s.unsent += len(sealed)
	}
	return err
}

func (s *session) publish(topic record.Topic, qos byte, retained bool, payload []byte) error {
	_, err := s.hand(topic, qos, retained, payload)
	return err
}

// hand gives a message to the connection. It does not wait for the broker's acknowledgement.
func (s *session) hand(topic record.Topic, qos byte, retained bool, payload []byte) (mqtt.Token, error) {
	token := s.client.Publish(topic.Of(s.config.Gateway), qos, retained, payload)
	if done(token) && token.Error() != nil {
		return nil, fmt.Errorf("publish %s: %w", topic, token.Error())
	}
	return token, nil
}

func (s *session) publishStatus(online bool) error {
	status := s.opts.Status(s.ask())
	if s.doubt.Load() {
		status.Asked = s.asked.Load()
	}
	s.unsure.Store(status.Time.IsZero())
	status.Online = online
	payload, err := status.Encode()
	if err != nil {
		return fmt.Errorf("encode status: %w", err)
	}
	if online {
		return s.publish(record.TopicStatus, 1, true, payload)
	}
	token := s.client.Publish(record.TopicStatus.Of(s.config.Gateway), 1, true, payload)
	token.WaitTimeout(2 * time.Second) // a clean goodbye is not followed by the will
	return token.Error()
}

func (s *session) publishLive(everything bool) error {
	live, ok := s.live.take(everything)
	if !ok {
		return nil
	}
	payload, err := live.Encode()
	if err != nil {
		return fmt.Errorf("encode live values: %w", err)
	}
	return s.publish(record.TopicLive, 0, false, payload)
}
