package web

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lineproof/lineproof/collector/cosign"
)

func witnesses(a huma.API, state func() cosign.Cosigning) {
	huma.Get(a, "/api/v1/ledger/witnesses", func(context.Context, *struct{}) (*body[cosign.Cosigning], error) {
		return &body[cosign.Cosigning]{state()}, nil
	}, op("get-witnesses", "Who cosigned the ledger's checkpoint, who did not, and why"))
}
