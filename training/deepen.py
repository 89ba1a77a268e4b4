#!/usr/bin/env python3
"""Adds blocks of convolutions to a trained model, and trains them and the layers behind them.

What lies before them stays as it is. So its outputs are computed once for all records, and a step costs what is new:
a processor can do that. The new blocks start as zeros, which pass on what they get. For models without latents, hurdle
and palette. Matrices take the orthogonal steps of Muon (K. Jordan et al., 2024,
https://kellerjordan.github.io/posts/muon/), all other weights those of Adam.
"""

import argparse
import json
import math
import shlex
import sys
import time
from pathlib import Path

import torch

import network
from files import read_model, read_records, write_model
from train import sha256

REPORT_SECONDS = 300
RECORDS_AT_ONCE = 50


def main():
    options = arguments()
    torch.manual_seed(options.seed)
    # Gradients of what is certain are tiny, and subnormal numbers slow on many processors.
    torch.set_flush_denormal(True)
    text, weights = read_model(options.model)
    description = json.loads(text)
    likelihood = description["likelihood"]
    odd = description["latents"] or likelihood["kind"] == "hurdle" or "palette" in likelihood
    if odd or "blocks" not in likelihood:
        sys.exit(f"{options.model} has latents, a hurdle or a palette, or no blocks")
    given = network.Spec.parse(text)
    likelihood["blocks"]["count"] += options.blocks
    spec = network.Spec.parse(json.dumps(description))
    records = read_records(options.data, spec)
    Deepening(given, spec, weights, records, options).run()


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", help="an IDX or NPY file, plain or gzipped")
    parser.add_argument("model", help="a model file with blocks of convolutions")
    parser.add_argument("--out", required=True, help="the model file to write, now and then and at the end")
    parser.add_argument("--blocks", type=int, default=4, help="how many are added")
    parser.add_argument("--work", required=True, help="folder for the outputs of the blocks before, two bytes a number")
    parser.add_argument("--minutes", type=float, default=60, help="length by the clock, without set-up and measuring")
    parser.add_argument("--batch", type=int, default=32, help="records in a step")
    parser.add_argument("--rate", type=float, default=0.003, help="Muon's rate at its highest; Adam's is a third of it")
    parser.add_argument("--warmup", type=int, default=100, help="steps over which the rates rise")
    parser.add_argument("--average", type=float, default=0.9995, help="decay of the average that is exported")
    parser.add_argument("--flip", action="store_true", help="mirror half of the records")
    parser.add_argument("--validation", type=int, default=1000, help="records at the end that are only measured")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


class Deepening:
    """Muon and Adam with a cosine schedule; the average of the weights is exported."""

    def __init__(self, given, spec, weights, records, options):
        self.spec, self.records, self.options = spec, records, options
        self.first = given.blocks[0]
        self.trained = len(records) - options.validation
        self.features = [outputs(given, weights, records, flipped, Path(options.work), options.model, options.data)
                         for flipped in ([False, True] if options.flip else [False])]
        new = {name: torch.zeros(shape) for name, shape in spec.tensors().items() if name not in weights}
        behind = {name: w.clone() for name, w in weights.items() if is_behind(name)}
        self.fixed = {name: w for name, w in weights.items() if name not in behind}
        self.weights = {name: w.requires_grad_() for name, w in {**new, **behind}.items()}
        self.average = {name: w.detach().clone() for name, w in self.weights.items()}
        matrices = [name for name, w in self.weights.items() if w.dim() == 2 and ".out." not in name]
        self.rate, self.adam_rate = torch.tensor(0.0), torch.tensor(0.0)
        self.muon = Muon([self.weights[name] for name in matrices], self.rate)
        self.adam = torch.optim.Adam([w for name, w in self.weights.items() if name not in matrices],
                                     lr=self.adam_rate, betas=(0.9, 0.99), fused=True)
        self.loss = torch.compile(self.nats)
        self.order = torch.empty(0, dtype=torch.long)
        self.steps = 0

    def nats(self, weights, h, levels):
        _, own = network.window(self.spec, levels, levels.float() / (self.spec.levels - 1))
        h = network.blocks(self.spec, weights, h, self.first)
        return network.channels(self.spec, weights, h, levels, own, None)

    def run(self):
        limit = self.options.minutes * 60
        self.gradient()
        self.say(0)
        start, measuring, due = time.monotonic(), 0.0, REPORT_SECONDS
        while (seconds := time.monotonic() - start - measuring) < limit:
            if seconds >= due:
                now = time.monotonic()
                self.export(seconds)
                measuring += time.monotonic() - now
                due += REPORT_SECONDS
            self.step(seconds / limit)
        self.export(limit)

    def step(self, fraction):
        rise = min(1, (self.steps + 1) / (self.options.warmup + 1))
        self.rate.fill_(self.options.rate * rise * 0.5 * (1 + math.cos(math.pi * fraction)))
        self.adam_rate.fill_(self.rate / 3)
        self.gradient()
        torch.nn.utils.clip_grad_norm_(self.weights.values(), 1.0)
        self.adam.step()
        self.muon.step()
        self.steps += 1
        keep = min(self.options.average, (1 + self.steps) / (10 + self.steps))
        torch._foreach_lerp_(list(self.average.values()), [w.detach() for w in self.weights.values()], 1 - keep)

    def gradient(self):
        size = self.options.batch
        if len(self.order) < size:
            self.order = torch.randperm(self.trained)
        chosen, self.order = self.order[:size], self.order[size:]
        flips = torch.randint(len(self.features), (size,))
        h = torch.stack([self.features[f][i] for i, f in zip(chosen, flips)]).float()
        levels = torch.where(flips.view(-1, 1, 1, 1) == 1, self.records[chosen].flip(2), self.records[chosen])
        for w in self.weights.values():
            w.grad = None
        self.loss(self.weights, h, levels).div(size * self.spec.dims).backward()

    @torch.no_grad()
    def validate(self):
        nats = 0
        for part in torch.arange(self.trained, len(self.records)).split(RECORDS_AT_ONCE):
            nats += self.nats(self.average, self.features[0][part].float(), self.records[part]).item()
        return nats / (self.options.validation * self.spec.dims) / math.log(2)

    def say(self, seconds):
        bits = self.validate()
        print(f"{self.spec.name}: {seconds:.0f} s, step {self.steps}, {self.epochs():.2f} epochs, "
              f"validation {bits:.5f} bits/dim", flush=True)
        return bits

    def epochs(self):
        return self.steps * self.options.batch / self.trained

    def export(self, seconds):
        options = self.options
        record = {
            "command": "training/deepen.py " + shlex.join(sys.argv[1:]),
            "device": "cpu",
            "torch": torch.__version__,
            "data": Path(options.data).name,
            "dataSha256": sha256(options.data),
            "records": self.trained,
            "validationRecords": options.validation,
            "seed": options.seed,
            "steps": self.steps,
            "epochs": round(self.epochs(), 2),
            "minutes": round(seconds / 60, 2),
            "validationBitsPerDim": round(self.say(seconds), 5),
            "from": {"name": self.spec.name, "sha256": sha256(options.model)},
        }
        weights = {**self.fixed, **self.average}
        write_model(options.out, self.spec.text, record, {name: weights[name] for name in self.spec.tensors()})


def is_behind(name):
    """Whether a tensor of the head comes after the blocks."""
    return ".block." not in name and name not in ("head.position", "head.0.weight")


@torch.no_grad()
def outputs(spec, weights, records, flipped, work, model, data):
    """What the blocks make of all records, [records, height, width, units], as a file of 16-bit floats in memory."""
    path = work / f"{sha256(model)[:16]}-{sha256(data)[:16]}{'-flipped' if flipped else ''}.f16"
    height, width, _ = spec.extents
    shape = (len(records), height, width, spec.hidden[0])
    if path.exists():
        return torch.from_file(str(path), shared=True, size=math.prod(shape), dtype=torch.float16).view(shape)
    work.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    features = torch.from_file(str(fresh), shared=True, size=math.prod(shape), dtype=torch.float16).view(shape)
    for part in torch.arange(len(records)).split(RECORDS_AT_ONCE):
        levels = records[part].flip(2) if flipped else records[part]
        inputs, _ = network.window(spec, levels, levels.float() / (spec.levels - 1))
        features[part] = network.trunk(spec, weights, "head", inputs, torch.float32).half()
    fresh.replace(path)
    return features


class Muon:
    """Momentum whose step for a matrix is the orthogonal one next to it; its numbers are about a fifth of the rate."""

    def __init__(self, matrices, rate, momentum=0.95):
        self.matrices, self.rate, self.momentum = matrices, rate, momentum
        self.buffers = [torch.zeros_like(m) for m in matrices]

    @torch.no_grad()
    def step(self):
        for w, buffer in zip(self.matrices, self.buffers):
            buffer.lerp_(w.grad, 1 - self.momentum)
            ahead = w.grad.lerp(buffer, self.momentum)
            w.sub_(self.rate * 0.2 * math.sqrt(max(w.shape)) * polar(ahead))


def polar(matrix):
    """The nearest orthogonal matrix, nearly: five steps of Newton and Schulz with Muon's coefficients."""
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.t() if tall else matrix
    x = x / (x.norm() + 1e-30)
    for _ in range(5):
        a = x @ x.t()
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
    return x.t() if tall else x


if __name__ == "__main__":
    main()
