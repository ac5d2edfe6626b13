package hub

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"os"
	"path/filepath"
)

// File gives the path of one file of repo, fetching it if the cache lacks it. When the hub
// cannot be reached, what the cache has is good enough, as in Python.
func (c *Client) File(ctx context.Context, repo Repo, file string) (string, error) {
	if !filepath.IsLocal(file) { // an index may name anything
		return "", fmt.Errorf("hub: %s: %q is outside the repository", repo.ID, file)
	}
	path, have := c.cached(repo, file)
	if have && (c.Offline || commitHash.MatchString(repo.Revision)) {
		return path, nil
	}
	fail := func(err error) (string, error) {
		return "", fmt.Errorf("hub: %s of %s@%s: %w", file, repo.ID, repo.Revision, err)
	}
	if c.Offline {
		return fail(fmt.Errorf("%w (in the cache %s; HF_HUB_OFFLINE forbids to fetch it)", ErrNotFound, c.Cache))
	}
	if c.knownMissing(repo, file) {
		return fail(ErrNotFound)
	}
	var meta metadata
	err := c.retry(ctx, func() (err error) {
		meta, err = c.head(ctx, repo, file)
		return err
	})
	if (errors.Is(err, errTransient) || errors.Is(err, ErrUnreachable)) && have && ctx.Err() == nil {
		return path, nil
	}
	if errors.Is(err, ErrNotFound) {
		err = errors.Join(err, c.rememberMissing(repo, file))
	}
	if err == nil {
		path, err = c.fetch(ctx, repo, file, meta)
	}
	if err != nil {
		return fail(err)
	}
	return path, nil
}

// fetch brings the file that meta describes into the cache, under its lock.
func (c *Client) fetch(ctx context.Context, repo Repo, file string, meta metadata) (string, error) {
	blob := filepath.Join(c.folder(repo), "blobs", meta.etag)
	pointer := filepath.Join(c.snapshot(repo, meta.commit), filepath.FromSlash(file))
	if err := c.saveRef(repo, meta.commit); err != nil {
		return "", err
	}
	if _, err := os.Stat(pointer); err == nil {
		return pointer, nil
	}
	unlock, err := c.lock(ctx, repo, meta.etag)
	if err != nil {
		return "", err
	}
	defer unlock()
	if _, err := os.Stat(blob); err != nil {
		if err := c.download(ctx, repo, file, blob, meta); err != nil {
			return "", err
		}
	}
	return pointer, link(pointer, blob)
}

// download fetches a blob through its .incomplete sibling and gives it its name when its
// checksum is right.
func (c *Client) download(ctx context.Context, repo Repo, file, blob string, meta metadata) error {
	if err := os.MkdirAll(filepath.Dir(blob), 0o755); err != nil {
		return err
	}
	part, err := os.OpenFile(blob+".incomplete", os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return err
	}
	defer part.Close()
	err = c.retry(ctx, func() error { return c.receive(ctx, repo, file, part, meta) })
	if err != nil {
		return err // what has arrived stays, to be resumed
	}
	if err := check(part, meta); err != nil {
		_ = os.Remove(part.Name())
		return err
	}
	if err := part.Sync(); err != nil {
		return err
	}
	return os.Rename(part.Name(), blob)
}

// receive appends to part what is missing of the file.
func (c *Client) receive(ctx context.Context, repo Repo, file string, part *os.File, meta metadata) error {
	done, err := part.Seek(0, io.SeekEnd)
	if err != nil || done == meta.size {
		return err
	}
	if done > meta.size {
		done = 0
	}
	request, err := c.request(ctx, http.MethodGet, meta.url)
	if err != nil {
		return err
	}
	if done > 0 {
		request.Header.Set("Range", fmt.Sprintf("bytes=%d-", done))
	}
	response, err := c.http.Do(request)
	if err != nil {
		return fmt.Errorf("%w: %w", errTransient, err)
	}
	defer response.Body.Close()
	if err := c.refusal(response, repo); err != nil {
		return err
	}
	if response.StatusCode != http.StatusPartialContent {
		done = 0 // the server sends everything
	}
	if err := part.Truncate(done); err != nil {
		return err
	}
	if _, err := part.Seek(done, io.SeekStart); err != nil {
		return err
	}
	body := &counter{from: io.LimitReader(response.Body, meta.size-done+1), done: done, report: func(n int64) {
		if c.Progress != nil {
			c.Progress(file, n, meta.size)
		}
	}}
	if _, err := io.Copy(part, body); err != nil && body.err != nil {
		return fmt.Errorf("%w: after %d of %d bytes: %w", errTransient, body.done, meta.size, err)
	} else if err != nil {
		return err // of the disk
	}
	if body.done != meta.size {
		return fmt.Errorf("%w: the connection ended after %d of %d bytes", errTransient, body.done, meta.size)
	}
	return nil
}

// A counter reports how much has been read, and keeps the error of reading apart from that of
// writing.
type counter struct {
	from   io.Reader
	done   int64
	report func(done int64)
	err    error
}

func (r *counter) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	r.done += int64(n)
	r.report(r.done)
	if !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err
}

// check compares part with its etag: the SHA-256 of large files, git's SHA-1 of small ones.
func check(part *os.File, meta metadata) error {
	var sum hash.Hash
	switch len(meta.etag) {
	case 2 * sha256.Size:
		sum = sha256.New()
	case 2 * sha1.Size:
		sum = sha1.New()
		fmt.Fprintf(sum, "blob %d\x00", meta.size)
	default:
		return fmt.Errorf("etag %q is neither a SHA-256 nor a SHA-1, so the file cannot be checked", meta.etag)
	}
	if _, err := part.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if _, err := io.Copy(sum, part); err != nil {
		return err
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != meta.etag {
		return fmt.Errorf("checksum %s, expected %s: damaged on the way, and removed; try again", got, meta.etag)
	}
	return nil
}
