#!/usr/bin/env python3
"""Rounds the weights of a model file to fewer bits of their significands; the rest compresses away.

Seven bits instead of ten make a file a fifth smaller in the distribution. Encoder and decoder need fewer than the head.
Measure what they cost with `train.py --evaluate`.
"""

import argparse
import json

import torch

from files import read_model, read_training, write_model

F16_BITS = 10


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--bits", required=True, action="append", type=bits, metavar="[PREFIX=]BITS",
                        help="1 to 10, for tensors whose names begin with PREFIX; the longest one counts; repeatable")
    parser.add_argument("--name", help="another name for the model")
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    description, weights = read_model(options.model)
    if options.name:
        description = json.dumps({**json.loads(description), "name": options.name}, separators=(",", ":"))
    by_prefix = dict(options.bits)
    for prefix in by_prefix:
        if not any(name.startswith(prefix) for name in weights):
            parser.error(f"no tensor's name begins with {prefix}")
    training = {**read_training(options.model), "significandBits": by_prefix}
    rounded_weights = {}
    for name, w in weights.items():
        prefix = max((p for p in by_prefix if name.startswith(p)), key=len, default=None)
        rounded_weights[name] = w if prefix is None else rounded(w, by_prefix[prefix])
    write_model(options.out, description, training, rounded_weights)


def bits(text):
    prefix, _, number = text.rpartition("=")
    value = int(number)
    if not 1 <= value <= F16_BITS:
        raise ValueError
    return prefix, value


def rounded(weights, kept):
    """To the nearest number with that many bits behind the leading one, a carry going into the exponent."""
    dropped = F16_BITS - kept
    number = weights.half().view(torch.int16).int() & 0xFFFF
    sign, magnitude = number & 0x8000, number & 0x7FFF
    magnitude = magnitude + ((1 << dropped) >> 1) >> dropped << dropped
    number = sign | magnitude
    return torch.where(number < 0x8000, number, number - 0x10000).to(torch.int16).view(torch.float16)


if __name__ == "__main__":
    main()
