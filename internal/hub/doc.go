// Package hub downloads models from the Hugging Face hub into the cache that Python uses, too.
//
//	client, err := hub.FromEnvironment()
//	if err != nil {
//		return err
//	}
//	folder, err := client.Model(ctx, "google-bert/bert-base-uncased@main")
//
// The folder holds the config, the weights (safetensors if there are any) and the tokenizer's
// files. What is in the cache already is not fetched again; a download that was cut goes on
// where it stopped; every file is compared with its checksum before it gets its name.
//
// The environment is that of Python's huggingface_hub: HF_HOME, HF_HUB_CACHE, HF_HUB_OFFLINE,
// HF_TOKEN, HF_TOKEN_PATH, HF_ENDPOINT. The token is sent to the endpoint's host only.
//
// The cache holds for each repository blobs/<etag> (contents), refs/<branch> (a commit) and
// snapshots/<commit>/<file> (links to blobs); .locks/ beside it holds a lock for each blob.
//
// Files:
//
//   - client.go: FromEnvironment, Client
//   - locate.go: Locate, from a name to a folder
//   - model.go: Model, and which files it fetches
//   - cache.go: the layout of the cache
//   - metadata.go: what the hub says of a file, and its errors
//   - download.go: fetching, resuming, checking
package hub
