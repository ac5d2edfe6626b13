"""Makes the golden TFRecord files of this folder with google-research/bert's own script.

    git clone https://github.com/google-research/bert   # made with commit eedf571
    pip install tensorflow                              # version in golden.json
    PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION=python python golden.py path/to/bert

The pure Python protobuf runtime writes a map in the order it was filled; the others write it
in the order of a hash table, which differs between versions and runs.
"""

import json
import os
import platform
import subprocess
import sys
import unicodedata

HERE = os.path.dirname(os.path.abspath(__file__))

# One row: name of the outcome, inputs, number of outputs, further flags.
CASES = [
    ("plain", ["small.txt"], 1, {}),
    ("short", ["small.txt"], 1, {"random_seed": 7, "short_seq_prob": 0.9, "max_seq_length": 40,
                                 "max_predictions_per_seq": 4}),
    ("words", ["small.txt", "nasty.txt"], 2, {"do_whole_word_mask": True, "max_seq_length": 64,
                                             "max_predictions_per_seq": 10}),
    ("cased", ["nasty.txt", "small.txt"], 1, {"do_lower_case": False, "random_seed": 123456789012345,
                                             "max_seq_length": 24, "max_predictions_per_seq": 3}),
]

SHIM = """
import runpy, sys
import tensorflow.compat.v1 as tf
sys.modules["tensorflow"] = tf
sys.path.insert(0, sys.argv[1])
script = sys.argv.pop(1) + "/create_pretraining_data.py"
sys.argv[0] = script
runpy.run_path(script, run_name="__main__")
"""


def main():
    os.chdir(HERE)
    for name, inputs, outputs, flags in CASES:
        flags = {"dupe_factor": 2, **flags}
        names = [f"{name}.{i}.tfrecord" for i in range(outputs)]
        command = [sys.executable, "-c", SHIM, sys.argv[1], "--vocab_file=vocab.txt",
                   "--input_file=" + ",".join(inputs), "--output_file=" + ",".join(names)]
        command += [f"--{key}={value}" for key, value in flags.items()]
        subprocess.run(command, check=True)
    import google.protobuf
    import tensorflow
    with open("golden.json", "w") as out:
        json.dump({"script": "google-research/bert eedf571", "python": platform.python_version(),
                   "unicode": unicodedata.unidata_version, "tensorflow": tensorflow.__version__,
                   "protobuf": google.protobuf.__version__,
                   "cases": [{"name": n, "inputs": i, "outputs": o, "flags": {"dupe_factor": 2, **f}}
                             for n, i, o, f in CASES]}, out, indent=1)


main()
