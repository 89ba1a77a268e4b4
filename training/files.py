"""Reads records and model files, and writes model files (FORMAT.md section 10.1)."""

import ast
import gzip
import json
import math
import struct
from pathlib import Path

import torch


def read_records(path, spec):
    """The records of an IDX or NPY file of bytes, as levels [records, height, width, channels]."""
    data = Path(path).read_bytes()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    if data[:6] == b"\x93NUMPY":
        start = 10 + struct.unpack("<H", data[8:10])[0]
        header = ast.literal_eval(data[10:start].decode())
        if header["descr"] != "|u1" or header["fortran_order"]:
            raise SystemExit(f"{path} does not hold bytes in row-major order")
        shape = header["shape"]
    elif data[:3] == b"\0\0\x08":
        start = 4 + 4 * data[3]
        shape = struct.unpack(f">{data[3]}I", data[4:start])
    else:
        raise SystemExit(f"{path} is neither an IDX nor an NPY file of bytes")
    if tuple(shape[1:]) != tuple(spec.shape) or len(data) - start != math.prod(shape):
        raise SystemExit(f"{path} holds {shape}, the model is for records of {spec.shape}")
    return torch.frombuffer(bytearray(data[start:]), dtype=torch.uint8).view(shape[0], *spec.extents)


def read_model(path):
    """A model file's description and its weights as 32-bit floats."""
    data = Path(path).read_bytes()
    start = 8 + struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:start])
    description = header.pop("__metadata__")["bbans"]
    types = {"F16": torch.float16, "F32": torch.float32, "BF16": torch.bfloat16}
    weights = {}
    for name, tensor in header.items():
        begin, end = (start + offset for offset in tensor["data_offsets"])
        values = torch.frombuffer(bytearray(data[begin:end]), dtype=types[tensor["dtype"]])
        weights[name] = values.view(tensor["shape"]).float()
    return description, weights


def read_training(path):
    """A model file's training record."""
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
    return json.loads(header["__metadata__"]["training"])


def write_model(path, description, training, weights):
    """Writes weights as 16-bit floats."""
    header = {"__metadata__": {"bbans": description, "training": json.dumps(training, separators=(",", ":"))}}
    body, offset = [], 0
    for name, w in weights.items():
        values = w.detach().half().cpu().contiguous()
        if not values.isfinite().all():
            raise SystemExit(f"{name} has numbers that are too large for 16 bits")
        raw = bytes(values.view(torch.uint8).flatten().tolist())
        header[name] = {"dtype": "F16", "shape": list(w.shape), "data_offsets": [offset, offset + len(raw)]}
        body.append(raw)
        offset += len(raw)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    Path(path).write_bytes(struct.pack("<Q", len(text)) + text + b"".join(body))
