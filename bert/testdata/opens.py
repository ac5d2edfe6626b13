"""opens.py SOURCE SAVED CLASS: the reference loads both folders; fails on any warning, missing or unexpected name, or bit."""
import logging, sys, warnings

warnings.simplefilter("error")
import torch, transformers


class Refuse(logging.Handler):
    def emit(self, record):
        if record.levelno >= logging.WARNING:
            raise SystemExit("warned: " + record.getMessage())


transformers.utils.logging.get_logger("transformers").addHandler(Refuse())
transformers.utils.logging.disable_progress_bar()
cls = getattr(transformers, sys.argv[3])
a = cls.from_pretrained(sys.argv[1])
b, info = cls.from_pretrained(sys.argv[2], output_loading_info=True)
problems = {k: v for k, v in info.items() if v}
assert not problems, problems
for (name, x), (other, y) in zip(a.state_dict().items(), b.state_dict().items(), strict=True):
    assert name == other and torch.equal(x, y), name
print("same")
