package publish

import (
	"context"
	"errors"
	"fmt"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"github.com/lineproof/lineproof/record"
)

const (
	livePause = 50 * time.Millisecond // at least, between two live messages
	fruitless = 3                     // times of sending everything again before the connection is given up
)

var errSilent = errors.New("connected, but no receipts come")

// session is one connection's part of the work.
type session struct {
	*Publisher
	client   mqtt.Client
	sent     uint64 // last batch sent on this connection, or received
	received uint64
	resend   *time.Timer // fires when a receipt is overdue
	silent   int         // times that it fired in a row
	told     uint64      // notice that was sent ahead
}

// session publishes over one connection. It begins with the first batch that has no receipt.
func (p *Publisher) session(ctx context.Context, client mqtt.Client, lost <-chan error) error {
	defer client.Disconnect(250)
	received := p.spool.Received()
	s := &session{Publisher: p, client: client, sent: received, received: received, resend: time.NewTimer(p.opts.ReceiptTimeout)}
	defer s.resend.Stop()
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
	status, full := time.NewTicker(s.opts.StatusEvery), time.NewTicker(s.opts.ImageEvery)
	pause := time.NewTimer(0)
	defer status.Stop()
	defer full.Stop()
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
		case <-s.resend.C:
			err = s.overdue()
		case <-status.C:
			err = s.publishStatus(true)
		case <-s.status:
			err = s.publishStatus(true)
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

// send publishes what the window allows, in order.
func (s *session) send() error {
	if received := s.spool.Received(); received > s.received {
		s.received, s.silent = received, 0
		s.resend.Reset(s.opts.ReceiptTimeout)
	}
	s.sent = max(s.sent, s.received)
	if err := s.tell(); err != nil {
		return err
	}
	for s.sent < s.received+Window {
		r, ok := s.spool.Next(s.sent)
		if !ok {
			return nil
		}
		if s.sent == s.received {
			s.resend.Reset(s.opts.ReceiptTimeout)
		}
		if err := s.publish(record.TopicBatch, 1, false, r.Sealed); err != nil {
			return err
		}
		s.sent = r.Seq
	}
	return nil
}

// tell sends the notice of lost batches ahead of those that are left.
func (s *session) tell() error {
	notice := s.notice.Load()
	if notice <= s.told || notice <= s.received+1 {
		return nil
	}
	r, ok := s.spool.Next(notice - 1)
	if !ok || r.Seq != notice {
		return nil
	}
	s.told = notice
	s.sent = s.received // what was sent before it came too early
	return s.publish(record.TopicBatch, 1, false, r.Sealed)
}

// overdue goes back to the first batch without a receipt.
func (s *session) overdue() error {
	s.resend.Reset(s.opts.ReceiptTimeout)
	if s.sent == s.received {
		return nil
	}
	if s.silent++; s.silent > fruitless {
		return errSilent
	}
	s.opts.Logger.Warn("no receipt came; the batches are sent again", "from", s.received+1, "to", s.sent)
	s.sent, s.told = s.received, 0
	return nil
}

// publish hands a message to the connection. It does not wait for the broker's acknowledgement.
func (s *session) publish(topic record.Topic, qos byte, retained bool, payload []byte) error {
	token := s.client.Publish(topic.Of(s.config.Gateway), qos, retained, payload)
	select {
	case <-token.Done():
		if err := token.Error(); err != nil {
			return fmt.Errorf("publish %s: %w", topic, err)
		}
	default:
	}
	return nil
}

func (s *session) publishStatus(online bool) error {
	status := s.opts.Status()
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
