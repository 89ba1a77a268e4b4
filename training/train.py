#!/usr/bin/env python3
"""Trains a bbans model with PyTorch, on a GPU if there is one.

`bbans train` does the same on a processor and needs nothing but Java. This script is for long trainings of large
heads. It makes the network of FORMAT.md sections 10.2 to 10.4 from the same description, trains it on the same loss,
and writes the same kind of model file; what a model is worth is measured by `bbans` itself. Models with a window and
at most one layer of latents can be trained.
"""

import argparse
import hashlib
import json
import math
import shlex
import sys
import time
from pathlib import Path

import torch

import network
from files import read_model, read_records, write_model

QUICK_VALIDATION = 1000
VALIDATION_SECONDS = 20


def main():
    options = arguments()
    torch.manual_seed(options.seed)
    torch.set_float32_matmul_precision("high")
    # Gradients of what is certain are tiny, and subnormal numbers slow on many processors.
    torch.set_flush_denormal(True)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    start = read_model(options.start) if options.start else None
    spec = network.Spec.parse(Path(options.spec).read_text() if options.spec else start[0])
    records = read_records(options.data, spec).to(device)
    if spec.levels == 2 and not options.binarise and records.max() > 1:
        sys.exit(f"{options.data} holds other levels than 0 and 1; --binarise draws these from bytes")
    if options.evaluate:
        weights = {name: w.to(device) for name, w in start[1].items()}
        bits, kl = validate(spec, weights, records[len(records) - options.evaluate:], options)
        print(f"negative ELBO {bits:.5f} bits/dim, KL divergence {kl:.3f} bits a record")
        return
    Trainer(spec, start, records, device, options).run()


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", help="an IDX or NPY file, plain or gzipped")
    parser.add_argument("--spec", help="a file with the model's description (FORMAT.md section 10.2)")
    parser.add_argument("--start", help="a model file whose weights are the first ones, where shapes are the same")
    parser.add_argument("--only", default="", metavar="PREFIX", help="train only the tensors whose names begin so")
    parser.add_argument("--evaluate", type=int, metavar="N", help="only measure --start on the last N records")
    parser.add_argument("--out", help="the model file to write")
    parser.add_argument("--minutes", type=float, default=10, help="length by the clock, without set-up")
    parser.add_argument("--batch", type=int, default=64, help="records in a step")
    parser.add_argument("--rate", type=float, default=0.003, help="Adam's rate at its highest")
    parser.add_argument("--warmup", type=int, default=300, help="steps over which the rate rises")
    parser.add_argument("--kl-warmup", type=int, default=0, help="steps over which the weight of the KL rises to 1")
    parser.add_argument("--average", type=float, default=0.9995, help="decay of the average that is exported")
    parser.add_argument("--clip", type=float, default=1.0, help="largest norm of a gradient")
    parser.add_argument("--dropout", type=float, default=0, help="fraction of samples that the encoder does not see")
    parser.add_argument("--binarise", action="store_true", help="draw two-valued records anew in every epoch")
    parser.add_argument("--flip", action="store_true", help="mirror half of the records")
    parser.add_argument("--holdout", type=int, default=0, help="records at the end that are never looked at")
    parser.add_argument("--validation", type=int, default=1000, help="records before those that are only measured")
    parser.add_argument("--work", help="folder for checkpoints, continued from if it has one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--compile", action="store_true", help="use torch.compile; pays after a minute or so")
    options = parser.parse_args()
    if not options.start and not options.spec:
        parser.error("give --spec or --start")
    if not options.evaluate and not options.out:
        parser.error("give --out")
    if options.evaluate and not options.start:
        parser.error("--evaluate measures the model that --start names")
    return options


class Trainer:
    """Adam with a cosine schedule; the average of the weights that was best on the validation part is exported."""

    def __init__(self, spec, start, records, device, options):
        self.spec, self.start, self.options, self.device = spec, start, options, device
        end = len(records) - options.holdout
        self.validation = records[end - options.validation:end]
        self.train = records[:end - options.validation]
        if spec.levels == 2 and options.binarise:
            self.validation = binarise(self.validation, torch.Generator(device).manual_seed(options.seed))
        sample = binarise(self.train) if options.binarise else self.train
        first = network.initial(spec, torch.bincount(sample.flatten().int(), minlength=spec.levels).cpu())
        if start:
            first.update((name, w) for name, w in start[1].items() if name in first and w.shape == first[name].shape)
        self.weights = {name: w.to(device).clone().requires_grad_(name.startswith(options.only))
                        for name, w in first.items()}
        trained = [w for w in self.weights.values() if w.requires_grad]
        self.average = {name: w.detach().clone() for name, w in self.weights.items()}
        self.best, self.best_bits = self.average, math.inf
        self.rate = torch.tensor(0.0, device=device)
        self.adam = torch.optim.Adam(trained, lr=self.rate, betas=(0.9, 0.999), fused=True)
        self.loss = torch.compile(network.loss) if options.compile else network.loss
        self.steps, self.seconds = 0, 0.0
        self.order = torch.empty(0, dtype=torch.long, device=device)

    def run(self):
        checkpoint = Path(self.options.work, self.spec.name + ".pt") if self.options.work else None
        if checkpoint and checkpoint.exists():
            self.load(checkpoint)
        for _ in range(3):
            # The compiler's time is not the schedule's.
            self.gradient()
        limit = self.options.minutes * 60
        clock, before, due = time.monotonic(), self.seconds, self.seconds + VALIDATION_SECONDS
        while self.seconds < limit:
            self.step(self.seconds / limit)
            if self.steps % 20 == 0:
                if self.device.type == "cuda":
                    torch.cuda.synchronize()
                self.seconds = before + time.monotonic() - clock
                if self.seconds >= due:
                    self.measure()
                    if checkpoint:
                        self.save(checkpoint)
                    # At most a tenth of the time.
                    cost = before + time.monotonic() - clock - self.seconds
                    due = self.seconds + max(VALIDATION_SECONDS, 10 * cost)
        self.export()

    def step(self, fraction):
        options = self.options
        rise = min(1, (self.steps + 1) / (options.warmup + 1))
        self.rate.fill_(options.rate * rise * 0.5 * (1 + math.cos(math.pi * fraction)))
        self.gradient()
        torch.nn.utils.clip_grad_norm_(self.weights.values(), options.clip)
        self.adam.step()
        self.steps += 1
        keep = min(options.average, (1 + self.steps) / (10 + self.steps))
        torch._foreach_lerp_(list(self.average.values()), [w.detach() for w in self.weights.values()], 1 - keep)

    def gradient(self):
        levels = self.batch()
        noise, seen = None, None
        if self.spec.latents:
            noise = torch.randn(len(levels), self.spec.latents, device=self.device)
            keep = 1 - self.options.dropout
            seen = (torch.rand(levels.shape, device=self.device) < keep) / keep
        beta = min(1, (self.steps + 1) / (self.options.kl_warmup + 1))
        counts = network.level_counts(self.spec, self.weights, levels)
        nats, kl = self.loss(self.spec, self.weights, levels, counts, noise, seen, torch.bfloat16)
        self.adam.zero_grad()
        (nats + beta * kl).mul(1 / (len(levels) * self.spec.dims)).backward()

    def batch(self):
        size = self.options.batch
        if len(self.order) < size:
            self.order = torch.randperm(len(self.train), device=self.device)
        chosen, self.order = self.order[:size], self.order[size:]
        levels = self.train[chosen]
        if self.options.binarise:
            levels = binarise(levels)
        if self.options.flip:
            mirror = torch.rand(size, 1, 1, 1, device=self.device) < 0.5
            levels = torch.where(mirror, levels.flip(2), levels)
        return levels

    def measure(self):
        bits, kl = validate(self.spec, self.average, self.validation[:QUICK_VALIDATION], self.options)
        self.say(bits, kl)
        if bits < self.best_bits:
            self.best_bits = bits
            self.best = {name: w.clone() for name, w in self.average.items()}

    def say(self, bits, kl):
        print(f"{self.spec.name}: {self.seconds:.0f} s, step {self.steps}, {self.epochs():.1f} epochs, "
              f"validation {bits:.5f} bits/dim, KL {kl:.2f} bits a record", flush=True)

    def epochs(self):
        return self.steps * self.options.batch / len(self.train)

    def export(self):
        options = self.options
        candidates = []
        for weights in (self.average, self.best):
            rounded = {name: w.half().float() for name, w in weights.items()}
            candidates.append((*validate(self.spec, rounded, self.validation, options), weights))
        bits, kl, weights = min(candidates, key=lambda c: c[0])
        self.say(bits, kl)
        record = {
            "command": "training/train.py " + shlex.join(sys.argv[1:]),
            "device": torch.cuda.get_device_name() if self.device.type == "cuda" else "cpu",
            "torch": torch.__version__,
            "data": Path(options.data).name,
            "dataSha256": sha256(options.data),
            "records": len(self.train),
            "validationRecords": len(self.validation),
            "heldOutRecords": options.holdout,
            "seed": options.seed,
            "steps": self.steps,
            "epochs": round(self.epochs(), 2),
            "minutes": round(self.seconds / 60, 2),
            "validationBitsPerDim": round(bits, 5),
            "validationKlBitsPerRecord": round(kl, 3),
        }
        if self.start:
            record["from"] = {"name": json.loads(self.start[0])["name"], "sha256": sha256(options.start)}
        write_model(options.out, self.spec.text, record, weights)

    def save(self, checkpoint):
        checkpoint.parent.mkdir(parents=True, exist_ok=True)
        fresh = checkpoint.with_suffix(".new")
        torch.save({"spec": self.spec.text, "weights": self.weights, "average": self.average, "best": self.best,
                    "bits": self.best_bits, "adam": self.adam.state_dict(), "steps": self.steps,
                    "seconds": self.seconds}, fresh)
        fresh.replace(checkpoint)

    def load(self, checkpoint):
        saved = torch.load(checkpoint, map_location=self.device)
        if saved["spec"] != self.spec.text:
            sys.exit(f"{checkpoint} is of another training; name another folder with --work, or delete it")
        with torch.no_grad():
            for name, w in self.weights.items():
                w.copy_(saved["weights"][name])
        self.average, self.best, self.best_bits = saved["average"], saved["best"], saved["bits"]
        self.adam.load_state_dict(saved["adam"])
        self.steps, self.seconds = saved["steps"], saved["seconds"]
        for group in self.adam.param_groups:
            group["lr"] = self.rate


def binarise(levels, generator=None):
    """A sample is 1 with probability level / 255."""
    chance = torch.rand(levels.shape, device=levels.device, generator=generator)
    return (chance * 255 < levels).to(torch.uint8)


def sha256(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


@torch.no_grad()
def validate(spec, weights, records, options):
    """Negative ELBO in bits/dim with one sample of the latents a record, and KL in bits a record."""
    device = records.device
    generator = torch.Generator(device).manual_seed(options.seed)
    nats, kl = 0.0, 0.0
    torch.set_float32_matmul_precision("highest")
    for levels in records.split(250):
        noise = torch.randn(len(levels), spec.latents, device=device, generator=generator) if spec.latents else None
        with torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
            counts = network.level_counts(spec, weights, levels)
            a, b = network.loss(spec, weights, levels, counts, noise, None, torch.float32)
        nats, kl = nats + a.item(), kl + b.item()
    torch.set_float32_matmul_precision("high")
    return (nats + kl) / records.numel() / math.log(2), kl / len(records) / math.log(2)


if __name__ == "__main__":
    main()
