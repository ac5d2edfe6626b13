package hub

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// ErrNotFound reports a file that the repository does not have.
var ErrNotFound = errors.New("not in the repository")

// errTransient marks faults that another attempt may cure.
var errTransient = errors.New("the hub did not answer")

// ErrUnreachable reports that there is no way to the hub from here: no network, no name service, a refused connection.
var ErrUnreachable = errors.New("the hub cannot be reached")

// unreachable says why the hub was not reached, if that is so; an answer that is cut or late is another matter. It is not tried
// again: a machine without network would be silent for many seconds each time.
func unreachable(err error) error {
	var lookup *net.DNSError
	var way *net.OpError
	switch {
	case errors.As(err, &lookup):
		return fmt.Errorf("%w: the name %s is not found (%s)", ErrUnreachable, lookup.Name, lookup.Err)
	case errors.As(err, &way) && (way.Op == "dial" || way.Op == "proxyconnect"):
		return fmt.Errorf("%w: %w", ErrUnreachable, way)
	}
	return nil
}

// metadata is what the hub says of a file before it is fetched.
type metadata struct {
	commit, etag, url string
	size              int64
}

// request makes an authorised request for url.
func (c *Client) request(ctx context.Context, method, address string) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, method, address, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("User-Agent", "gobert")
	request.Header.Set("Accept-Encoding", "identity") // sizes are those of the file
	if endpoint, err := url.Parse(c.Endpoint); err == nil && c.Token != "" &&
		endpoint.Host == request.URL.Host && endpoint.Scheme == request.URL.Scheme {
		request.Header.Set("Authorization", "Bearer "+c.Token)
	}
	return request, nil
}

// head asks what a file is.
func (c *Client) head(ctx context.Context, repo Repo, file string) (metadata, error) {
	address := fmt.Sprintf("%s/%s/resolve/%s/%s", c.Endpoint, repo.ID, url.PathEscape(repo.Revision), file)
	request, err := c.request(ctx, http.MethodHead, address)
	if err != nil {
		return metadata{}, err
	}
	if away := c.away.Load(); away != nil {
		return metadata{}, *away
	}
	response, err := c.http.Do(request)
	if err != nil && ctx.Err() != nil {
		return metadata{}, ctx.Err()
	}
	if away := unreachable(err); away != nil {
		c.away.Store(&away)
		return metadata{}, away
	}
	if err != nil {
		return metadata{}, fmt.Errorf("%w: %w", errTransient, err)
	}
	response.Body.Close()
	if err := c.refusal(response, repo); err != nil {
		return metadata{}, err
	}
	header := response.Header
	etag := cmp.Or(header.Get("X-Linked-Etag"), header.Get("ETag"))
	meta := metadata{
		commit: header.Get("X-Repo-Commit"),
		etag:   strings.Trim(strings.TrimPrefix(etag, "W/"), `"`),
		url:    response.Request.URL.String(),
	}
	meta.size, err = strconv.ParseInt(cmp.Or(header.Get("X-Linked-Size"), header.Get("Content-Length")), 10, 64)
	if location, locationErr := response.Location(); locationErr == nil {
		meta.url = location.String()
	}
	// These become names of files, so a server must not choose them freely.
	if err != nil || meta.size < 0 || !commitHash.MatchString(meta.commit) || !blobName.MatchString(meta.etag) || strings.HasPrefix(meta.etag, ".") {
		return metadata{}, fmt.Errorf("%s does not speak the hub's protocol: commit %q, etag %q, size %d", c.Endpoint, meta.commit, meta.etag, meta.size)
	}
	return meta, nil
}

// refusal turns an answer that is no success into an error that says what to do.
func (c *Client) refusal(response *http.Response, repo Repo) error {
	status, code := response.StatusCode, response.Header.Get("X-Error-Code")
	switch {
	case status < 400:
		return nil
	case code == "GatedRepo" || status == http.StatusForbidden:
		return fmt.Errorf("%s is gated: accept its terms at %s/%s, then set HF_TOKEN", repo.ID, c.Endpoint, repo.ID)
	case code == "RepoNotFound" || status == http.StatusUnauthorized:
		return fmt.Errorf("%s does not exist on %s, or is private: check the name, and HF_TOKEN", repo.ID, c.Endpoint)
	case code == "RevisionNotFound":
		return fmt.Errorf("%s has no revision %q", repo.ID, repo.Revision)
	case status == http.StatusNotFound:
		return ErrNotFound
	case status >= 500 || status == http.StatusTooManyRequests || status == http.StatusRequestTimeout:
		return fmt.Errorf("%w: %s", errTransient, response.Status)
	}
	return fmt.Errorf("the hub answers %s", response.Status)
}

// retry calls try until it succeeds, fails for good, or has failed too often.
func (c *Client) retry(ctx context.Context, try func() error) error {
	wait := c.Wait
	for attempt := 1; ; attempt++ {
		err := try()
		if !errors.Is(err, errTransient) && !errors.Is(err, io.ErrUnexpectedEOF) || attempt >= c.Attempts {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
			wait *= 2
		}
	}
}
