// Package settings reads declarations of settings: structs whose fields say in tags what a setting is called, what it is by
// default, between which bounds it lies and what it means. The flags of a command, its files of settings, what a checkpoint keeps
// and what a report shows are all made from the same struct.
//
//	type Batches struct {
//		Batch int `json:"batch" aliases:"batch-size" default:"32" help:"Sequences in a batch."`
//	}
//
// The tags are those that kong knows (name, aliases, default, enum, group, help, placeholder), json for the name in files ("-": it
// is kept in none), the bounds of [Expected], and free for what may be another when a run goes on, since no number depends on it.
//
// Files: field.go (Fields, Default), bounds.go (Expected, Check), file.go (Read, Same), former.go (files of before).
package settings
