package alert

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// newWebhook sends each message as JSON by POST. Whatever answers with 2xx has taken it; it is not followed elsewhere.
func newWebhook(cfg Webhook) (func(context.Context, Note) error, error) {
	token, err := secret(cfg.TokenFile)
	if err != nil {
		return nil, err
	}
	config, err := trust(cfg.CA)
	if err != nil {
		return nil, err
	}
	client := &http.Client{
		Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: config, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return func(ctx context.Context, n Note) error {
		body, err := json.Marshal(n)
		if err != nil {
			return err
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, cfg.URL, bytes.NewReader(body))
		if err != nil {
			return err
		}
		req.Header.Set("Content-Type", "application/json")
		if token != "" {
			req.Header.Set("Authorization", "Bearer "+token)
		}
		res, err := client.Do(req)
		if err != nil {
			return discreet(err, cfg.URL)
		}
		defer res.Body.Close()
		if res.StatusCode/100 != 2 {
			const most = 200 // bytes of an answer that are worth showing
			said, _ := io.ReadAll(io.LimitReader(res.Body, most))
			return fmt.Errorf("%s: %s", res.Status, strings.ToValidUTF8(strings.TrimSpace(string(said)), ""))
		}
		return nil
	}, nil
}
