"""Writes golden/*.parquet: small tables of our own, as pyarrow and the datasets library store them.

    python parquet.py
"""

import json
import os

import pyarrow as pa
import pyarrow.parquet as pq

GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden")
info = {"info": {"features": {
    "label": {"names": ["bad", "good"], "_type": "ClassLabel"},
    "ner_tags": {"feature": {"names": ["O", "B-X", "I-X"], "_type": "ClassLabel"}, "_type": "Sequence"},
}}}
meta = {"huggingface": json.dumps(info), "pyarrow": pa.__version__}


def write(name, columns, **options):
    pq.write_table(pa.table(columns).replace_schema_metadata(meta), os.path.join(GOLDEN, name), **options)


write("classify.parquet", {
    "text": pa.array(["one", "zwei \u00fc", "three", None, ""]),
    "label": pa.array([1, 0, -1, 1, 0], pa.int64()),
}, compression="snappy", row_group_size=2)
write("score.parquet", {
    "sentence1": ["a", "b"], "sentence2": ["c", "d"], "score": pa.array([3.0, 2.25], pa.float32()), "idx": pa.array([0, 1], pa.uint32()),
}, compression="zstd")
write("tag.parquet", {
    "tokens": [["Ann", "ran"], ["x"], []], "ner_tags": pa.array([[1, 0], [2], []], pa.list_(pa.int64())),
}, compression="gzip", use_dictionary=False)
write("squad.parquet", {
    "id": ["1", "2"], "question": ["q?", "r?"], "context": ["a b", "a b"],
    "answers": [{"text": ["b", "a"], "answer_start": [2, 0]}, {"text": [], "answer_start": []}],
}, compression=None)
