package testkit

// Texts are those of errors, but for nil.
func Texts(errs ...error) (texts []string) {
	for _, err := range errs {
		if err != nil {
			texts = append(texts, err.Error())
		}
	}
	return texts
}
