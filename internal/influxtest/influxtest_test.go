package influxtest_test

import (
	"net/http"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/lineproof/lineproof/internal/influxtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestServerAnswersAndEnds(t *testing.T) {
	s := influxtest.Start(t)
	other := s.NewDatabase(t)
	databases := s.Query(t, "SHOW DATABASES")
	for _, name := range []string{s.Database, other} {
		if !strings.Contains(databases, `"`+name+`"`) {
			t.Errorf("database %q is not in %s", name, databases)
		}
	}
	s.Stop()
	if response, err := http.Get(s.URL + "/ping"); err == nil {
		response.Body.Close()
		t.Error("the server answers after Stop")
	}
}

func TestLockedServerKnowsItsUser(t *testing.T) {
	s := influxtest.StartLocked(t)
	if got := s.Query(t, "SHOW USERS"); !strings.Contains(got, `"lineproof"`) {
		t.Errorf("no user in %s", got)
	}
	response, err := http.Get(s.URL + "/query?q=SHOW+USERS")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusUnauthorized {
		t.Errorf("without a password: got %s, want 401", response.Status)
	}
}
