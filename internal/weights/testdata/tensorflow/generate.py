"""Writes the golden checkpoint of this folder with TensorFlow itself.

Versions used: tensorflow-cpu 2.21.0, numpy as it came with it.
Run inside this folder: python generate.py
The values are (name's position * 100 + element) / 8, so that a test can compute them.
"""
import numpy as np
import tensorflow as tf

tf.compat.v1.disable_eager_execution()
D, V, T, P, H = 4, 11, 2, 6, 8
shapes = {
    "bert/embeddings/LayerNorm/beta": [D],
    "bert/embeddings/LayerNorm/gamma": [D],
    "bert/embeddings/position_embeddings": [P, D],
    "bert/embeddings/token_type_embeddings": [T, D],
    "bert/embeddings/word_embeddings": [V, D],
    "bert/pooler/dense/bias": [D],
    "bert/pooler/dense/kernel": [D, D],
    "cls/predictions/output_bias": [V],
    "cls/predictions/transform/LayerNorm/beta": [D],
    "cls/predictions/transform/LayerNorm/gamma": [D],
    "cls/predictions/transform/dense/bias": [D],
    "cls/predictions/transform/dense/kernel": [D, D],
    "cls/seq_relationship/output_bias": [2],
    "cls/seq_relationship/output_weights": [2, D],
}
for i in range(2):
    layer = f"bert/encoder/layer_{i}/"
    for part in ["attention/self/query", "attention/self/key", "attention/self/value", "attention/output/dense"]:
        shapes |= {layer + part + "/kernel": [D, D], layer + part + "/bias": [D]}
    shapes |= {layer + "intermediate/dense/kernel": [D, H], layer + "intermediate/dense/bias": [H]}
    shapes |= {layer + "output/dense/kernel": [H, D], layer + "output/dense/bias": [D]}
    for part in ["attention/output/LayerNorm", "output/LayerNorm"]:
        shapes |= {layer + part + "/beta": [D], layer + part + "/gamma": [D]}


def value(index, shape, dtype=np.float32):
    return ((np.arange(np.prod(shape, dtype=int)) + index * 100) / 8).astype(dtype).reshape(shape)


variables = {}
for index, name in enumerate(sorted(shapes)):
    variables[name] = tf.Variable(value(index, shapes[name]))
    for slot in ["adam_m", "adam_v"]:
        variables[name + "/" + slot] = tf.Variable(np.zeros(shapes[name], np.float32))
variables["global_step"] = tf.Variable(np.int64(7))


def save(path, variables, **options):
    with tf.compat.v1.Session() as session:
        session.run(tf.compat.v1.global_variables_initializer())
        tf.compat.v1.train.Saver(variables, write_version=tf.compat.v1.train.SaverDef.V2, **options).save(
            session, path, write_meta_graph=False, write_state=False
        )


save("./bert_model.ckpt", variables)
types = {
    name: tf.Variable(tf.cast(tf.constant([1, 0, 3]), getattr(tf, name)))
    for name in ["float32", "float64", "float16", "bfloat16", "int8", "int16", "int32", "int64", "uint8", "bool"]
}
save("./types.ckpt", types)
save("./text.ckpt", {"text": tf.Variable(["a", "b"])})
