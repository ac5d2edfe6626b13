// Package squad reads SQuAD 1.1 and 2.0 and turns the logits of a span head into answers, exactly as the post-processing of
// transformers' question answering example does.
//
//	p := squad.Predict(context, windows, squad.Settings{V2: true})
//	fmt.Println(p.Text, p.NullOdds)
//
// # Files
//
//   - reader.go: Read: questions with their contexts, in constant memory
//   - answers.go: Settings, Window, Predict: from logits to texts
//   - write.go: predictions.json, nbest_predictions.json, null_odds.json
package squad
