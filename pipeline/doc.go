// Package pipeline uses trained models.
package pipeline
