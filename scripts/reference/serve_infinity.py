"""infinity-emb with a model of a folder, as scripts/load measures it beside serve:

    python scripts/reference/serve_infinity.py MODEL --port 8082 --threads 2
    go run ./scripts/load --url http://127.0.0.1:8082/embeddings --form openai --model twin

Needs infinity-emb[all] in an environment of its own: it wants older versions of transformers and torch than the other references.
"""
import argparse

import torch
import uvicorn
from infinity_emb import EngineArgs, create_server


def main():
    p = argparse.ArgumentParser()
    p.add_argument("model")
    p.add_argument("--port", type=int, default=8082)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--engine", default="torch", choices=["torch", "optimum"])
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    app = create_server(engine_args_list=[EngineArgs(
        model_name_or_path=a.model, engine=a.engine, device="cpu", dtype="float32", served_model_name="twin", batch_size=32)])
    uvicorn.run(app, host="127.0.0.1", port=a.port, log_level="warning")


if __name__ == "__main__":
    main()
