package serve

import (
	_ "embed"
	"net/http"
)

// pageText is where models are tried in a browser. It asks nobody but this server.
//
//go:embed page.html
var pageText []byte

func page(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; connect-src 'self'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'")
	_, _ = w.Write(pageText)
}
