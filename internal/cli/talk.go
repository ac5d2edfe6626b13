package cli

import "gobert/train"

// Talk is how a run speaks through the streams.
func Talk(s *Streams) train.Talk {
	return train.Talk{Log: s.Log, Screen: s.Screen, Quiet: s.Quiet, Files: Downloads(s), Begin: s.SavesFirst}
}
