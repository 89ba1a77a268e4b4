#!/usr/bin/env python3
"""Rounds the weights of a model file to fewer bits of their significands; the rest compresses away.

Seven bits instead of ten make a file a fifth smaller inside a jar. Measure what they cost with `train.py --evaluate`.
"""

import argparse
import json

import torch

from files import read_model, read_training, write_model

F16_BITS = 10


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--bits", type=int, required=True, choices=range(1, F16_BITS + 1))
    parser.add_argument("--name", help="another name for the model")
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    description, weights = read_model(options.model)
    if options.name:
        description = json.dumps({**json.loads(description), "name": options.name}, separators=(",", ":"))
    training = {**read_training(options.model), "significandBits": options.bits}
    write_model(options.out, description, training, {name: rounded(w, options.bits) for name, w in weights.items()})


def rounded(weights, bits):
    """To the nearest number with that many bits behind the leading one, a carry going into the exponent."""
    dropped = F16_BITS - bits
    number = weights.half().view(torch.int16).int() & 0xFFFF
    sign, magnitude = number & 0x8000, number & 0x7FFF
    magnitude = magnitude + ((1 << dropped) >> 1) >> dropped << dropped
    number = sign | magnitude
    return torch.where(number < 0x8000, number, number - 0x10000).to(torch.int16).view(torch.float16)


if __name__ == "__main__":
    main()
