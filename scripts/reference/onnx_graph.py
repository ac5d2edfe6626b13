"""BERT as a graph of ONNX with random weights: of plain operators, or of those that ONNX Runtime fuses them to. For scripts/peers.py.

Inputs are ids, types and mask of [b,t] (int64), outputs the last hidden states [b,t,width] and the pooled ones [b,width]. Needs onnx.
"""
import numpy as np, onnx
from onnx import TensorProto, helper, numpy_helper

SIZES = {"minilm": (6, 384, 12), "base": (12, 768, 12)}  # layers, width, heads
FUSED = "com.microsoft"


class Graph:
    def __init__(self):
        self.random, self.weights, self.nodes = np.random.default_rng(0), [], []

    def value(self, name, v):
        self.weights.append(numpy_helper.from_array(np.asarray(v), name))
        return name

    def weight(self, name, *shape):
        return self.value(name, self.random.standard_normal(shape, dtype=np.float32) * np.float32(0.02))

    def op(self, kind, *inputs, out=None, domain="", **attributes):
        out = out or f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [out], domain=domain, **attributes))
        return out

    def linear(self, x, name, n, m):
        return self.op("Add", self.op("MatMul", x, self.weight(name + ".w", n, m)), self.weight(name + ".b", m))

    def norm(self, x, name, n):
        gain = self.value(name + ".g", np.ones(n, np.float32))
        return self.op("LayerNormalization", x, gain, self.weight(name + ".b", n), axis=-1, epsilon=1e-12)

    def add_norm(self, product, bias, x, name, n):
        gain = self.value(name + ".g", np.ones(n, np.float32))
        return self.op("SkipLayerNormalization", product, x, gain, self.weight(name + ".b", n), bias, domain=FUSED, epsilon=1e-12)


def write(size, fused, path):
    layers, width, heads = SIZES[size]
    g, inner, each = Graph(), 4 * width, width // heads
    zero, one = g.value("zero", [0]), g.value("one", [1])
    length = g.op("Gather", g.op("Shape", "ids"), one)
    places = g.op("Slice", g.weight("place", 512, width), zero, length, zero)
    words = g.op("Add", g.op("Gather", g.weight("word", 30522, width), "ids"), g.op("Gather", g.weight("type", 2, width), "types"))
    x = g.norm(g.op("Add", words, places), "embeddings", width)
    if fused:
        lengths = g.op("ReduceSum", g.op("Cast", "mask", to=TensorProto.INT32), one, keepdims=0)
    else:
        hidden = g.op("Sub", g.value("f1", np.float32(1)), g.op("Cast", g.op("Unsqueeze", "mask", g.value("axes", [1, 2])), to=TensorProto.FLOAT))
        bias = g.op("Mul", hidden, g.value("low", np.float32(-3.4e38)))
        split, join, root = g.value("split", [0, 0, heads, each]), g.value("join", [0, 0, width]), g.value("root", np.float32(each**0.5))
    for i in range(layers):
        p = f"layer{i}."
        if fused:
            packed = g.weight(p + "qkv.w", width, 3 * width), g.weight(p + "qkv.b", 3 * width)
            a = g.op("Attention", x, *packed, lengths, domain=FUSED, num_heads=heads)
            x = g.add_norm(g.op("MatMul", a, g.weight(p + "o.w", width, width)), g.weight(p + "o.b", width), x, p + "norm1", width)
            f = g.op("BiasGelu", g.op("MatMul", x, g.weight(p + "up.w", width, inner)), g.weight(p + "up.b", inner), domain=FUSED)
            x = g.add_norm(g.op("MatMul", f, g.weight(p + "down.w", inner, width)), g.weight(p + "down.b", width), x, p + "norm2", width)
            continue
        q, k, v = (g.op("Reshape", g.linear(x, p + name, width, width), split) for name in "qkv")
        q, k, v = g.op("Transpose", q, perm=[0, 2, 1, 3]), g.op("Transpose", k, perm=[0, 2, 3, 1]), g.op("Transpose", v, perm=[0, 2, 1, 3])
        scores = g.op("Softmax", g.op("Add", g.op("Div", g.op("MatMul", q, k), root), bias), axis=-1)
        a = g.op("Reshape", g.op("Transpose", g.op("MatMul", scores, v), perm=[0, 2, 1, 3]), join)
        x = g.norm(g.op("Add", g.linear(a, p + "o", width, width), x), p + "norm1", width)
        f = g.op("Gelu", g.linear(x, p + "up", width, inner))
        x = g.norm(g.op("Add", g.linear(f, p + "down", inner, width), x), p + "norm2", width)
    first = g.op("Gather", x, g.value("first", 0), axis=1)
    g.op("Tanh", g.linear(first, "pooler", width, width), out="pooled")
    g.op("Identity", x, out="last")
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["b", "t"]) for name in ("ids", "types", "mask")]
    outputs = [helper.make_tensor_value_info("last", TensorProto.FLOAT, ["b", "t", width]),
               helper.make_tensor_value_info("pooled", TensorProto.FLOAT, ["b", width])]
    graph = helper.make_graph(g.nodes, "bert", inputs, outputs, g.weights)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20), helper.make_opsetid(FUSED, 1)], ir_version=9), path)
