package hub

import (
	"cmp"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"
)

// A Client fetches models. The zero value is not usable; FromEnvironment makes one.
type Client struct {
	Endpoint string        // such as https://huggingface.co, without a slash at the end
	Cache    string        // folder that holds models--*
	Token    string        // empty: anonymous
	Offline  bool          // never ask the network
	Attempts int           // how often a request is tried
	Wait     time.Duration // before the second attempt; doubled before each further one

	// Progress is called while a file arrives, if it is not nil: bytes here, and in all.
	Progress func(file string, done, total int64)

	http *http.Client
	away atomic.Pointer[error] // why the hub cannot be reached, once that is known: it is not asked again
}

// FromEnvironment configures a client as Python's huggingface_hub would be.
func FromEnvironment() (*Client, error) {
	home := os.Getenv("HF_HOME")
	if home == "" {
		base := os.Getenv("XDG_CACHE_HOME")
		if base == "" {
			user, err := os.UserHomeDir()
			if err != nil {
				return nil, fmt.Errorf("hub: no place for the cache (set HF_HOME): %w", err)
			}
			base = filepath.Join(user, ".cache")
		}
		home = filepath.Join(base, "huggingface")
	}
	c := &Client{
		Endpoint: strings.TrimRight(cmp.Or(os.Getenv("HF_ENDPOINT"), "https://huggingface.co"), "/"),
		Cache:    cmp.Or(os.Getenv("HF_HUB_CACHE"), filepath.Join(home, "hub")),
		Token:    strings.TrimSpace(os.Getenv("HF_TOKEN")),
		Attempts: 5,
		Wait:     time.Second,
	}
	switch strings.ToUpper(os.Getenv("HF_HUB_OFFLINE")) {
	case "1", "ON", "YES", "TRUE":
		c.Offline = true
	}
	if c.Token == "" {
		// No token file is the normal case: public models need none.
		text, _ := os.ReadFile(cmp.Or(os.Getenv("HF_TOKEN_PATH"), filepath.Join(home, "token")))
		c.Token = strings.TrimSpace(string(text))
	}
	if at, err := url.Parse(c.Endpoint); err != nil || at.Host == "" {
		return nil, fmt.Errorf("hub: HF_ENDPOINT: expected an address such as https://huggingface.co, got %q", c.Endpoint)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DialContext = (&net.Dialer{Timeout: connectTime}).DialContext
	transport.ResponseHeaderTimeout = 30 * time.Second
	c.http = &http.Client{Transport: transport, CheckRedirect: c.redirect}
	return c, nil
}

// connectTime is how long a connection may take, the search for the address included: enough for a slow line.
const connectTime = 5 * time.Second

// redirect keeps the token from every host but the endpoint's: files live on servers of others.
// An answer to HEAD is followed only within the host, for the headers wanted are on that one.
func (c *Client) redirect(next *http.Request, via []*http.Request) error {
	if len(via) > 10 {
		return fmt.Errorf("more than 10 redirects, the last to %s", next.URL.Host)
	}
	same := next.URL.Host == via[0].URL.Host && next.URL.Scheme == via[0].URL.Scheme
	if !same {
		next.Header.Del("Authorization")
	}
	if via[0].Method == http.MethodHead && !same {
		return http.ErrUseLastResponse
	}
	return nil
}
