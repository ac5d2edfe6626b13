package badinput

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"path/filepath"
	"time"

	"gobert/bert"
	sets "gobert/data/labelled"
	"gobert/task"
)

// served makes what the server is given: it trains nothing itself.
func (w *World) served() {
	model := filepath.Join(w.good, "model")
	w.must(WriteTiny(model))
	m, err := task.Open(context.Background(), model, task.Options{
		Kind: task.Classify, Labels: sets.NewLabels(sets.Single, words("neg pos")), Seed: 3, Warn: func(string) {},
	})
	w.must(err)
	defer m.Close()
	w.must(bert.Replace(filepath.Join(w.good, "tuned"), func(folder string) error { return m.Write(folder, bert.SaveOptions{}) }))
	w.File("keys.txt", "one\ntwo\n")
	certificate, key, err := Certificate()
	w.must(err)
	w.File("certificate.pem", certificate)
	w.File("key.pem", key)
}

// Certificate makes a certificate for this machine that nobody has signed, with its key, as PEM.
func Certificate() (certificate, key string, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", "", err
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), DNSNames: words("localhost"),
		IsCA: true, BasicConstraintsValid: true,
	}
	signed, err := x509.CreateCertificate(rand.Reader, &template, &template, &private.PublicKey, private)
	if err != nil {
		return "", "", err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return "", "", err
	}
	block := func(kind string, bytes []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes}))
	}
	return block("CERTIFICATE", signed), block("PRIVATE KEY", secret), nil
}
