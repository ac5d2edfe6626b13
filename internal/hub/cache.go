package hub

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"gobert/internal/disk"
)

// A Repo is one revision of a model on the hub.
type Repo struct {
	ID       string // such as google-bert/bert-base-uncased
	Revision string // a branch, a tag, or a commit
}

var (
	repoID     = regexp.MustCompile(`^[A-Za-z0-9_][\w.-]*(/[A-Za-z0-9_][\w.-]*)?$`)
	commitHash = regexp.MustCompile(`^[0-9a-f]{40}$`)
	blobName   = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)
)

// ParseRepo splits "owner/name@revision"; without a revision it is main.
func ParseRepo(name string) (Repo, error) {
	id, revision, found := strings.Cut(name, "@")
	if !found {
		revision = "main"
	}
	if !repoID.MatchString(id) || strings.Contains(id, "..") || !filepath.IsLocal(revision) {
		return Repo{}, fmt.Errorf("hub: %q is no model's name: expected owner/name or owner/name@revision", name)
	}
	return Repo{id, revision}, nil
}

// folder is the repository's place in the cache.
func (c *Client) folder(repo Repo) string {
	return filepath.Join(c.Cache, "models--"+strings.ReplaceAll(repo.ID, "/", "--"))
}

// snapshot is where the files of a commit are.
func (c *Client) snapshot(repo Repo, commit string) string {
	return filepath.Join(c.folder(repo), "snapshots", commit)
}

// cachedCommit is the commit that the cache last saw for the revision; empty if it never did.
func (c *Client) cachedCommit(repo Repo) string {
	if commitHash.MatchString(repo.Revision) {
		return repo.Revision
	}
	text, err := os.ReadFile(filepath.Join(c.folder(repo), "refs", repo.Revision))
	if err != nil || !commitHash.MatchString(string(text)) {
		return ""
	}
	return string(text)
}

// cached gives the path of a file in the cache, and whether it is there.
func (c *Client) cached(repo Repo, file string) (string, bool) {
	commit := c.cachedCommit(repo)
	if commit == "" {
		return "", false
	}
	path := filepath.Join(c.snapshot(repo, commit), file)
	_, err := os.Stat(path)
	return path, err == nil
}

// saveRef remembers the commit that the revision stands for.
func (c *Client) saveRef(repo Repo, commit string) error {
	if repo.Revision == commit || c.cachedCommit(repo) == commit {
		return nil
	}
	path := filepath.Join(c.folder(repo), "refs", repo.Revision)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return disk.Write(path, []byte(commit))
}

// missing is the mark that a commit does not have a file.
func (c *Client) missing(repo Repo, file string) string {
	return filepath.Join(c.folder(repo), ".no_exist", repo.Revision, file)
}

// knownMissing tells whether the hub has said before that the commit does not have the file.
func (c *Client) knownMissing(repo Repo, file string) bool {
	_, err := os.Stat(c.missing(repo, file))
	return err == nil && commitHash.MatchString(repo.Revision)
}

// rememberMissing saves the next caller the question; branches change, commits do not.
func (c *Client) rememberMissing(repo Repo, file string) error {
	if !commitHash.MatchString(repo.Revision) {
		return nil
	}
	mark := c.missing(repo, file)
	if err := os.MkdirAll(filepath.Dir(mark), 0o755); err != nil {
		return err
	}
	return os.WriteFile(mark, nil, 0o644)
}

// link makes the snapshot's file a relative link to its blob.
func link(pointer, blob string) error {
	if err := os.MkdirAll(filepath.Dir(pointer), 0o755); err != nil {
		return err
	}
	target, err := filepath.Rel(filepath.Dir(pointer), blob)
	if err != nil {
		return err
	}
	if err := os.Symlink(target, pointer); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return nil
}

// lock waits until no other process, Go or Python, fetches this blob.
func (c *Client) lock(ctx context.Context, repo Repo, etag string) (unlock func(), err error) {
	path := filepath.Join(c.Cache, ".locks", filepath.Base(c.folder(repo)), etag+".lock")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { file.Close() }, nil // closing unlocks
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			file.Close()
			return nil, fmt.Errorf("locking %s: %w", path, err)
		}
		select {
		case <-ctx.Done():
			file.Close()
			return nil, ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}
