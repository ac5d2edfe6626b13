"""int8 of ONNX Runtime and of OpenVINO on demand, for the group int8 of scripts/figures.py: a BertModel folder, exported and quantized.

Each line of input is a JSON object, each line of output its answer, as in speed.py: "build" makes a case ready, "run" times some passes of
it. ONNX Runtime ("int8") has its fused operators, weights in int8 by channel and activations in uint8 as they come, as ours. OpenVINO
("openvino") has what nncf makes of the export: activations by steps that are calibrated, here on ids of no text. Needs torch 2.11,
transformers 5.17, onnx, onnxruntime, openvino and nncf.
"""
import json, os, pathlib, resource, statistics, sys, tempfile, time

import numpy as np, onnxruntime, torch, transformers
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers.optimizer import optimize_model

transformers.utils.logging.set_verbosity_error()


class States(torch.nn.Module):
    """The last hidden states and the pooled ones, of ids and a mask."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, ids, mask):
        out = self.model(input_ids=ids, attention_mask=mask)
        return out.last_hidden_state, out.pooler_output


def export(folder, directory):
    """The model as one file of ONNX, with its operators fused as the library's own tool does it, and quantized."""
    model = transformers.BertModel.from_pretrained(folder, attn_implementation="eager").eval()
    plain, fused, small = (os.path.join(directory, name) for name in ("plain.onnx", "fused.onnx", "int8.onnx"))
    example = (torch.ones(2, 8, dtype=torch.long), torch.ones(2, 8, dtype=torch.long))
    axes = {name: {0: "batch", 1: "length"} for name in ("ids", "mask", "last")}
    torch.onnx.export(States(model), example, plain, input_names=["ids", "mask"], output_names=["last", "pooled"], dynamic_axes=axes, opset_version=17, dynamo=False)
    optimize_model(plain, model_type="bert", num_heads=model.config.num_attention_heads, hidden_size=model.config.hidden_size).save_model_to_file(fused)
    quantize_dynamic(fused, small, weight_type=QuantType.QInt8, per_channel=True, extra_options={"DefaultTensorType": 1})  # float: fused nodes tell no type
    return {"fp32": fused, "int8": small, "plain": plain}


def calibrated(plain):
    """The export in OpenVINO's int8, ready to be called."""
    import nncf, openvino
    examples = nncf.Dataset([batch(dict(batch=2, seq=64, fill=1))] * 4)
    model = nncf.quantize(openvino.Core().read_model(plain), examples, model_type=nncf.ModelType.TRANSFORMER, subset_size=4)
    threads = int(os.environ.get("OMP_NUM_THREADS", "0")) or os.cpu_count()
    return openvino.Core().compile_model(model, "CPU", {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"})


def batch(a):
    """Ids and mask of the sizes that BenchmarkEncode has."""
    b, t, fill = a["batch"], a["seq"], a["fill"]
    low = max(1, int(t * max(0, 2 * fill - 1) + 0.5))
    lengths = [low + (t - low) * i // max(1, b - 1) if fill < 1 else t for i in range(b)]
    ids = np.array([[1000 + (7919 * i + 104729 * j) % 29000 for j in range(t)] for i in range(b)])
    return {"ids": ids, "mask": (np.arange(t)[None] < np.array(lengths)[:, None]).astype(np.int64)}


def build(a, files):
    if a["compute"] == "openvino":
        if "openvino" not in files:
            files["openvino"] = calibrated(files["plain"])
        model, inputs = files["openvino"], batch(a)
        return lambda: model(inputs)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = a.get("threads") or int(os.environ.get("OMP_NUM_THREADS", "0"))
    session = onnxruntime.InferenceSession(files[a["compute"]], options, providers=["CPUExecutionProvider"])
    inputs = batch(a)
    return lambda: session.run(None, inputs)


def run(step, a):
    times, spent = [], 0.0
    while len(times) < a["least"] or spent < a["seconds"]:
        wall, cpu = time.perf_counter(), time.process_time()
        step()
        times.append((time.perf_counter() - wall, time.process_time() - cpu))
        spent += times[-1][0]
    return dict(zip(("wall", "cpu"), map(statistics.median, zip(*times))))


def main():
    step, exported = None, {}
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # nncf tells of itself there
    with tempfile.TemporaryDirectory() as directory:
        for line in sys.stdin:
            a = json.loads(line)
            if a["do"] == "build":
                folder = a["folder"]
                if folder not in exported:
                    place = pathlib.Path(directory, str(len(exported)))
                    place.mkdir()
                    exported[folder] = export(folder, place)
                step = build(a, exported[folder])
                for _ in range(a["warm"]):
                    step()
                answer = {}
            else:
                answer = run(step, a)
            answer["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
            answer["versions"] = f"onnxruntime {onnxruntime.__version__}, torch {torch.__version__}, transformers {transformers.__version__}"
            print(json.dumps(answer), file=answers, flush=True)


main()
