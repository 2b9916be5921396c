package web

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lineproof/lineproof/collector/people"
)

// Signer is who signs what is said.
type Signer struct {
	Authorization string `header:"Authorization" doc:"Bearer and the token of a session" example:"Bearer MFRGG..."`
}

// token is what the phone holds; "" where it holds none.
func (s Signer) token() string {
	token, ok := strings.CutPrefix(s.Authorization, "Bearer ")
	if !ok {
		return ""
	}
	return strings.TrimSpace(token)
}

// signers registers who may sign and how they say who they are.
func signers(a huma.API, p *people.People, fail problems) {
	type signInput struct {
		Body struct {
			Name string `json:"name" minLength:"1" maxLength:"100" doc:"as it is to stand under what they sign"`
			PIN  string `json:"pin" minLength:"1" maxLength:"64" doc:"6 digits or letters at least"`
		}
	}
	post := func(id, path, summary string, do func(context.Context, string, string) (people.Session, error)) {
		huma.Register(a, huma.Operation{OperationID: id, Method: http.MethodPost, Path: path, Summary: summary},
			func(ctx context.Context, in *signInput) (*body[people.Session], error) {
				s, err := do(ctx, in.Body.Name, in.Body.PIN)
				return &body[people.Session]{s}, fail.of(ctx, err)
			})
	}
	post("enrol", "/api/v1/people", "Enrol under a name that is free, with a PIN; the ledger keeps that and when",
		func(ctx context.Context, name, pin string) (people.Session, error) { return p.Enrol(ctx, name, pin) })
	post("sign-in", "/api/v1/sessions", "Sign in by name and PIN",
		func(ctx context.Context, name, pin string) (people.Session, error) { return p.SignIn(ctx, name, pin) })

	huma.Register(a, huma.Operation{
		OperationID: "sign-out", Method: http.MethodDelete, Path: "/api/v1/sessions", DefaultStatus: http.StatusNoContent, Summary: "Forget the token",
	}, func(ctx context.Context, in *Signer) (*struct{}, error) {
		return nil, fail.of(ctx, p.SignOut(ctx, in.token()))
	})

	type everybody struct {
		People []people.Person `json:"people" nullable:"false"`
	}
	huma.Get(a, "/api/v1/people", func(ctx context.Context, _ *struct{}) (*body[everybody], error) {
		all, err := p.All(ctx)
		return &body[everybody]{everybody{all}}, fail.of(ctx, err)
	}, op("list-people", "Those who enrolled, and since when"))
}
