"""Writes new.golden and resumed.golden with TensorBoard's own writer, and reads them back with its own reader.

Versions used: tensorboard 2.21.0, protobuf 7.36.2. Run inside this folder: python generate.py
To see what TensorBoard finds in a folder of a run: python generate.py FOLDER
"""
import os
import shutil
import sys
import tempfile

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter


def scalars(folder):
    """All scalars that TensorBoard shows for a folder: tag, step, value."""
    found = EventAccumulator(folder, purge_orphaned_data=True)
    found.Reload()
    return [(tag, x.step, x.value) for tag in found.Tags()["scalars"] for x in found.Scalars(tag)]


def write(path, events):
    with open(path, "wb") as f:
        writer = RecordWriter(f)
        for event in events:
            writer.write(event.SerializeToString())
        writer.flush()


def summary(time, step, values):
    return Event(wall_time=time, step=step, summary=Summary(
        value=[Summary.Value(tag=tag, simple_value=value) for tag, value in values]))


if len(sys.argv) > 1:
    for row in scalars(sys.argv[1]):
        print(*row)
    sys.exit()

version = Event(wall_time=1700000000.25, file_version="brain.Event:2")
write("new.golden", [
    version,
    summary(1700000001.25, 10, [("train/loss", 7.5), ("train/learning_rate", 1e-4), ("timing/tokens_per_second", 51200.0)]),
    summary(1700000002.25, 10, [("evaluation/loss", 0.0), ("evaluation/accuracy", float("nan"))]),
    summary(1700000003.25, 1 << 40, [("train/loss", -1e30)]),
])
write("resumed.golden", [
    version,
    Event(wall_time=1700000000.25, step=11, session_log=SessionLog(status=SessionLog.START)),
    summary(1700000001.25, 20, [("train/loss", 3.25)]),
])
with tempfile.TemporaryDirectory() as folder:
    shutil.copy("new.golden", os.path.join(folder, "events.out.tfevents.1.a"))
    shutil.copy("resumed.golden", os.path.join(folder, "events.out.tfevents.2.a"))
    got = [row for row in scalars(folder) if row[0] == "train/loss"]
    assert got == [("train/loss", 10, 7.5), ("train/loss", 20, 3.25)], got
