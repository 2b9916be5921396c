// Package people knows who signs what they say. Whoever writes down a shift or countersigns it chooses a name and a
// PIN once; a phone then holds a token, so that it can write without a network and send later. That somebody enrolled
// is a sealed statement; the PIN's hash and the tokens' are in the registry alone.
//
// It tells persons apart as far as they keep their PINs to themselves. It does not prove who they are: whoever can
// reach the pages can enrol under any name that is free, and the ledger says when.
package people

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/bcrypt"
	"golang.org/x/text/unicode/norm"

	"github.com/lineproof/lineproof/collector/registry"
	"github.com/lineproof/lineproof/internal/clock"
	"github.com/lineproof/lineproof/record"
)

// What people can do wrong; the errors of this room wrap one of these where a caller can mend it.
var (
	ErrName   = errors.New("no name to sign with")
	ErrShort  = fmt.Errorf("a PIN has %d digits or letters at least", shortestPIN)
	ErrTaken  = errors.New("somebody of that name has enrolled already")
	ErrWrong  = errors.New("the name or the PIN is wrong")
	ErrTries  = errors.New("too many wrong PINs")
	ErrNobody = errors.New("not signed in")
)

const (
	shortestPIN, longestPIN = 6, 64
	longestName             = 100 // bytes, as in a statement
	// sessionFor is how long a phone stays signed in that is not used.
	sessionFor = 180 * 24 * time.Hour
	// freeTries wrong PINs cost nothing; after that each doubles the wait.
	freeTries           = 5
	firstWait, mostWait = time.Minute, time.Hour
)

// People is the room. All its methods may be called at the same time.
type People struct {
	registry *registry.Registry
	say      func(context.Context, ...record.Statement) error
	clock    clock.Clock

	mu    sync.Mutex
	wrong map[string]tries // by the key of a person
}

type tries struct {
	n     int
	until time.Time // no PIN is looked at before
}

// Session is what a phone holds of a person who signed in.
type Session struct {
	Name  string `json:"name"`
	Token string `json:"token" doc:"to be sent as Authorization: Bearer; whoever has it signs as this person"`
}

// Person is one who enrolled.
type Person struct {
	Name  string    `json:"name"`
	Since time.Time `json:"since" doc:"when they enrolled, as the ledger has it"`
}

// New opens the room.
func New(r *registry.Registry, say func(context.Context, ...record.Statement) error, c clock.Clock) *People {
	return &People{registry: r, say: say, clock: c, wrong: map[string]tries{}}
}

// Enrol makes a person known under a name that is free, and signs them in.
func (p *People) Enrol(ctx context.Context, name, pin string) (Session, error) {
	name = tidy(name)
	switch {
	case name == "" || len(name) > longestName:
		return Session{}, ErrName
	case utf8.RuneCountInString(pin) < shortestPIN || len(pin) > longestPIN:
		return Session{}, ErrShort
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(pin), bcrypt.DefaultCost)
	if err != nil {
		return Session{}, fmt.Errorf("enrol %s: %w", name, err)
	}
	who := registry.Person{Key: key(name), Name: name, PIN: hash, Enrolled: p.clock.Now()}
	if ok, err := p.registry.AddPerson(ctx, who); err != nil {
		return Session{}, err
	} else if !ok {
		return Session{}, fmt.Errorf("%s: %w", name, ErrTaken)
	}
	statement, err := record.NewStatement(rand.Text(), record.StatementPerson, name, record.Person{Name: name})
	if err == nil {
		statement.About = who.Enrolled
		err = p.say(ctx, statement)
	}
	if err != nil { // nobody signs whose coming the ledger does not have
		_, forget := p.registry.ForgetPIN(context.WithoutCancel(ctx), who.Key)
		return Session{}, errors.Join(fmt.Errorf("enrol %s: %w", name, err), forget)
	}
	return p.open(ctx, who)
}

// SignIn gives a person's session to who knows their PIN.
func (p *People) SignIn(ctx context.Context, name, pin string) (Session, error) {
	k := key(name)
	who, ok, err := p.registry.FindPerson(ctx, k)
	if err != nil {
		return Session{}, err
	}
	if !ok || len(who.PIN) == 0 {
		return Session{}, ErrWrong
	}
	if wait := p.resting(k); wait > 0 {
		return Session{}, fmt.Errorf("%w: wait %s", ErrTries, wait.Round(time.Second))
	}
	if bcrypt.CompareHashAndPassword(who.PIN, []byte(pin)) != nil {
		p.missed(k)
		return Session{}, ErrWrong
	}
	p.mu.Lock()
	delete(p.wrong, k)
	p.mu.Unlock()
	return p.open(ctx, who)
}

func (p *People) open(ctx context.Context, who registry.Person) (Session, error) {
	token := rand.Text()
	return Session{Name: who.Name, Token: token}, p.registry.OpenSession(ctx, digest(token), who.Key, p.clock.Now())
}

// Who gives the name of a token's person.
func (p *People) Who(ctx context.Context, token string) (string, error) {
	now := p.clock.Now()
	who, ok, err := p.registry.SessionOf(ctx, digest(token), now.Add(-sessionFor), now)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", ErrNobody
	}
	return who.Name, nil
}

// SignOut forgets a token.
func (p *People) SignOut(ctx context.Context, token string) error {
	return p.registry.CloseSession(ctx, digest(token))
}

// digest is what is kept of a token.
func digest(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// All lists those who enrolled, by name.
func (p *People) All(ctx context.Context) ([]Person, error) {
	found, err := p.registry.People(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]Person, 0, len(found))
	for _, who := range found {
		all = append(all, Person{Name: who.Name, Since: who.Enrolled})
	}
	return all, nil
}

// Forget lets a person who lost their PIN enrol again under their name; ok is false where nobody has it. The ledger
// then says that they did.
func Forget(ctx context.Context, r *registry.Registry, name string) (ok bool, err error) {
	return r.ForgetPIN(ctx, key(name))
}

func (p *People) resting(key string) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.wrong[key].until.Sub(p.clock.Now())
}

func (p *People) missed(key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.wrong[key]
	t.n++
	if over := t.n - freeTries; over >= 0 {
		t.until = p.clock.Now().Add(min(firstWait<<min(over, 10), mostWait))
	}
	p.wrong[key] = t
}

// tidy is a name as it is shown: one form of each letter, single spaces.
func tidy(name string) string {
	return norm.NFC.String(strings.Join(strings.Fields(strings.ToValidUTF8(name, "")), " "))
}

// key is a name as it is compared.
func key(name string) string { return strings.ToLower(tidy(name)) }
