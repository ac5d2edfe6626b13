"""What 8, 64 and 1,024 GPUs should come to, on paper: prints the tables of docs/distributed-paper.md.

    python3 scripts/on_paper.py

Nothing here was measured on a GPU. Each number that goes in is named where it stands, with its source.
"""

import math

# Ceilings of an H200, assumed: those of docs/RESULTS.md, "What a GPU should do".
PRODUCTS = 560e12  # FLOP/s of matrix products in bf16
ATTENTION = 150e12  # FLOP/s of attention over short sequences
MEMORY = 3.6e12  # bytes a second
LAUNCH = 1.5e-6  # seconds lost at each launch
LAUNCHES_A_LAYER, LAUNCHES_BESIDE = 22, 30  # 294 for base, counted on the stand-in: docs/gpu.md

# Links, each way, for each GPU.
NVLINK = 450e9  # bytes a second: NVIDIA H200 data sheet, 900 GB/s for both ways
NETWORKS = {
    "400 Gbit/s a GPU": 50e9,  # NVIDIA ConnectX-7, one for each GPU, as in DGX H200
    "100 Gbit/s a machine": 12.5e9 / 8,  # one card that eight GPUs share
}
LATENCY_NEAR, LATENCY_FAR = 10e-6, 25e-6  # seconds a step of an exchange: assumed
LOCAL = 8  # GPUs of a machine

SEQUENCE, MASKED, VOCABULARY, POSITIONS = 128, 0.15, 30522, 512
HIDDEN_SHARE = 0.6  # of the reduce-scatter that could be hidden behind the backward pass: what issue 20 asks for


class Model:
    def __init__(self, name, layers, width):
        self.name, self.layers, self.width, self.inner = name, layers, width, 4 * width

    def parameters(self):
        d, layer = self.width, 4 * self.width**2 + 2 * self.width * self.inner
        beside = 4 * d + self.inner + d + 4 * d  # biases and norms of a layer
        return self.layers * (layer + beside) + (VOCABULARY + POSITIONS + 2) * d + 2 * d + 2 * (d * d + d) + 2 * d + VOCABULARY + 2 * d + 2

    def flops(self):
        """Of a token, as task.Pretraining.FLOPs counts them, without attention's own products."""
        d = self.width
        asked = MASKED + 1 / SEQUENCE
        forward = self.layers * 2 * (4 * d * d + 2 * d * self.inner) - (1 - asked) * 2 * (d * d + 2 * d * self.inner)
        return 3 * (forward + MASKED * 2 * (d * d + d * VOCABULARY))

    def step(self, sequences, ranks):
        """Seconds of a step of one rank without the others: everything but the exchange. The optimizer has its share of the parameters."""
        tokens, d, p = sequences * SEQUENCE, self.width, self.parameters()
        work = tokens * self.flops() / PRODUCTS
        work += tokens * self.layers * 3.5 * 4 * SEQUENCE * d / ATTENTION  # its forward pass is computed twice
        work += 85 * d * self.layers * tokens / MEMORY  # bytes between the products, counted: go test -run Traffic ./internal/torch
        work += 6 * MASKED * tokens * VOCABULARY / MEMORY + 32 * d * tokens / MEMORY + 8 * p / MEMORY
        work += LAUNCH * (LAUNCHES_A_LAYER * self.layers + LAUNCHES_BESIDE)
        update = 38 * p / MEMORY / ranks
        return work, update

    def exchange(self, ranks, network):
        """Seconds to sum a gradient of fp32 by recursive halving, and to gather compute copies of bf16 the way back."""
        near, far = exchanged(self.parameters(), ranks, network, 4), exchanged(self.parameters(), ranks, network, 2)
        steps = math.log2(ranks)
        blocks = self.layers + 2
        latency = blocks * (min(steps, 3) * LATENCY_NEAR + max(0, steps - 3) * LATENCY_FAR)
        return near + latency, far + latency


def exchanged(parameters, ranks, network, width):
    """Each step k of log2(ranks) exchanges 1/2^k of what there is: within the machine at first, so that an eighth is left for the network."""
    seconds = 0.0
    for k in range(1, int(math.log2(ranks)) + 1):
        seconds += width * parameters / 2**k / (NVLINK if 2 ** (k - 1) < LOCAL else network)
    return seconds


def table(title, sequences_of):
    print(f"**{title}**\n")
    print("| model | GPUs | sequences a GPU | network | step alone, ms | sum, ms | gather, ms | tokens a second | of linear |")
    print("|---|---|---|---|---|---|---|---|---|")
    for model in (Model("base", 12, 768), Model("large", 24, 1024)):
        for ranks in (1, 8, 64, 1024):
            for name, network in NETWORKS.items():
                if ranks <= LOCAL and name != next(iter(NETWORKS)):
                    continue
                sequences = sequences_of(ranks)
                work, update = model.step(sequences, ranks)
                total_sum, gather = model.exchange(ranks, network) if ranks > 1 else (0.0, 0.0)
                hidden = min(HIDDEN_SHARE * total_sum, 2 / 3 * work)
                seconds = work + update + total_sum - hidden + gather
                rate = ranks * sequences * SEQUENCE / seconds
                alone, alone_update = model.step(sequences, 1)
                linear = ranks * sequences * SEQUENCE / (alone + alone_update)
                shown = name if ranks > LOCAL else "NVLink alone" if ranks > 1 else "none"
                print(f"| {model.name} | {ranks:,} | {sequences} | {shown} | {1e3 * (work + update):.1f} | {1e3 * total_sum:.1f} | {1e3 * gather:.1f} "
                      f"| {rate / 1e6:,.2f} million | {100 * rate / linear:.0f} % |")
    print()


def main():
    for model in (Model("base", 12, 768), Model("large", 24, 1024)):
        print(f"{model.name}: {model.parameters() / 1e6:.1f} million parameters, {model.flops() / 1e6:.0f} MFLOP a token.  ")
    print()
    table("256 sequences of 128 tokens for each GPU: the batch grows with the machines", lambda ranks: 256)
    table("32,768 sequences a step at most (You et al. 2020 train large with as many): the share of a GPU shrinks", lambda ranks: min(256, 32768 // ranks))


main()
