#!/usr/bin/env python3
"""Kills the command at random moments, or lets runs race for one target, and looks at what is left.

config/crash.py kills 1000 | trainings 50 | races 200
BBANS names the command (default: ./bbans), SEED the random numbers.
"""
import os
import random
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time

BBANS = shlex.split(os.environ.get("BBANS", os.path.join(os.path.dirname(__file__), "..", "bbans")))
RANDOM = random.Random(int(os.environ.get("SEED", "1")))
SIGNALS = [signal.SIGKILL, signal.SIGTERM, signal.SIGINT]
MODES = ["compress", "decompress", "compress -f", "decompress -f", "compress --rm", "decompress --rm",
         "compress -f --rm", "decompress -f --rm"]


def run(*args):
    return subprocess.run(BBANS + list(args), stdin=subprocess.DEVNULL, capture_output=True)


def start(*args):
    # A group of its own: a launcher's Java is killed with it.
    return subprocess.Popen(BBANS + list(args), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, start_new_session=True)


def progress(done):
    if done % 25 == 0:
        print(f"{time.strftime('%T')} {done} done", flush=True)


def wait(process, seconds):
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        pass


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, content):
    with open(path, "wb") as file:
        file.write(content)


def content(size):
    words = [bytes(RANDOM.choices(b"abcdefghijklmnopqrstuvwxyz", k=RANDOM.randint(2, 9))) for _ in range(3000)]
    text = b""
    while len(text) < size:
        text += b" ".join(RANDOM.choices(words, k=2000)) + b"\n"
    return text[:size]


def kills(count, folder):
    plain = content(60_000)
    write(os.path.join(folder, "plain"), plain)
    begin = time.time()
    assert run("compress", "-q", "-T1", os.path.join(folder, "plain"), os.path.join(folder, "made.bba")).returncode == 0
    lasts = time.time() - begin
    archive = read(os.path.join(folder, "made.bba"))
    outcomes = {}
    for i in range(count):
        mode = MODES[i % len(MODES)]
        sig = SIGNALS[RANDOM.randrange(3)]
        place = tempfile.mkdtemp(dir=folder)
        compresses = mode.startswith("compress")
        source, target = (plain, archive) if compresses else (archive, plain)
        old = b"what stood here before" if "-f" in mode else None
        name, into = os.path.join(place, "source"), os.path.join(place, "target")
        write(name, source)
        if old:
            write(into, old)
        process = start(*mode.split(), "-q", "-T1", name, "-o", into)
        wait(process, RANDOM.random() * lasts * 1.2)
        try:
            os.killpg(process.pid, sig)
        except ProcessLookupError:
            pass
        process.communicate()
        what = f"kill {i}, {mode}, {sig.name}, rc {process.returncode}"
        result = read(into) if os.path.exists(into) else None
        complete = result == target
        assert complete or result == old, f"{what}: the target is neither whole nor as it was"
        there = os.path.exists(name)
        assert there or complete and "--rm" in mode, f"{what}: the input is lost"
        assert not there or read(name) == source, f"{what}: the input has changed"
        others = set(os.listdir(place)) - {"source", "target"}
        assert all(other.startswith(".bbans-") for other in others), f"{what}: {others}"
        assert sig == signal.SIGKILL or not others, f"{what}: {others} left"
        left = bool(others)
        if left:
            small = os.path.join(place, "small")
            write(small, b"small")
            assert run("compress", "-q", small).returncode == 0
            after = set(os.listdir(place)) - {"source", "target", "small", "small.bba"}
            assert not after, f"{what}: {after} still there after another run"
        key = (sig.name, "done" if complete else "not done", "leftover removed" if left else "nothing left")
        outcomes[key] = outcomes.get(key, 0) + 1
        shutil.rmtree(place)
        progress(i + 1)
    for key, times in sorted(outcomes.items()):
        print(f"{times:6d}  {', '.join(key)}")
    print(f"{count} kills: nothing lost, nothing half-written")


def tensors(model):
    """A model file without its header, which tells how long the training took."""
    return model[8 + int.from_bytes(model[:8], "little"):]


def trainings(count, folder):
    """One training after the other, each killed again and again and continued until it is done."""
    records = bytes([0, 0, 8, 3, 0, 0, 1, 44, 0, 0, 0, 12, 0, 0, 0, 12])
    records += bytes(RANDOM.choice([0, 0, 0, 90, 200]) for _ in range(300 * 144))
    write(os.path.join(folder, "in"), records)
    options = ["--steps", "400", "--latents", "0", "--hidden", "16", "--radius", "2", "--rows", "2", "--rank", "4",
               "--batch", "16"]
    model, work = os.path.join(folder, "m.safetensors"), os.path.join(folder, "work")
    command = ["train", "-q", os.path.join(folder, "in"), "--out", model] + options
    begin = time.time()
    first = run(*command)
    assert first.returncode == 0, first.stderr
    lasts = time.time() - begin
    whole = tensors(read(model))
    os.remove(model)
    outcomes, done = {}, 0
    for i in range(count):
        sig = SIGNALS[i % 3]
        process = start(*command, "--work", work)
        # Towards the end as often as before: that is where the model appears.
        wait(process, lasts * (RANDOM.random() if i % 2 else 0.5 + RANDOM.random() * 0.7))
        try:
            os.killpg(process.pid, sig)
        except ProcessLookupError:
            pass
        err = process.communicate()[1].decode()
        what = f"training {i}, {sig.name}, rc {process.returncode}: {err}"
        assert process.returncode == 0 or "bbans: " not in err or "stopped" in err, what
        there = os.path.exists(model)
        assert there or process.returncode != 0, what
        assert not there or tensors(read(model)) == whole, f"{what}: another model, or half of one"
        others = [o for o in os.listdir(folder) if o not in ("in", "work", "m.safetensors")]
        assert sig == signal.SIGKILL or not others, f"{what} {others}"
        assert all(other.startswith(".bbans-") for other in others), f"{what} {others}"
        key = (sig.name, "done" if there else "not done")
        outcomes[key] = outcomes.get(key, 0) + 1
        if there:
            done += 1
            os.remove(model)
            shutil.rmtree(work)
        progress(i + 1)
    last = run(*command, "--work", work)
    assert last.returncode == 0 and tensors(read(model)) == whole, last.stderr
    assert set(os.listdir(folder)) == {"in", "work", "m.safetensors"}, os.listdir(folder)
    for key, times in sorted(outcomes.items()):
        print(f"{times:6d}  {', '.join(key)}")
    print(f"{count} kills, {done + 1} trainings: never half a model, and the weights of one that was not killed")


def races(count, folder):
    codes = {}
    for i in range(count):
        place = tempfile.mkdtemp(dir=folder)
        runs = 2 + i % 2
        contents = [content(20_000 + 1000 * k) for k in range(runs)]
        names = [os.path.join(place, f"in{k}") for k in range(runs)]
        for name, bytes_ in zip(names, contents):
            write(name, bytes_)
        target = os.path.join(place, "target.bba")
        removes = i % 4 < 2
        processes = []
        for name in names:
            processes.append(start("compress", "-q", "-T1", *(["--rm"] if removes else []), name, "-o", target))
            time.sleep(RANDOM.random() * 0.02)
        errors = [process.communicate()[1].decode() for process in processes]
        won = [k for k in range(runs) if processes[k].returncode == 0]
        what = f"race {i}: {[p.returncode for p in processes]} {errors}"
        assert len(won) == 1, what
        back = run("decompress", "-c", target)
        assert back.returncode == 0 and back.stdout == contents[won[0]], what
        for k in range(runs):
            there = os.path.exists(names[k])
            assert there == (not removes or k != won[0]), what
            assert k == won[0] or "exists" in errors[k], what
        rest = set(os.listdir(place)) - {"target.bba"} - {os.path.basename(name) for name in names}
        assert not rest, f"{what}: {rest}"
        codes[runs] = codes.get(runs, 0) + 1
        shutil.rmtree(place)
        progress(i + 1)
    print(f"{count} races ({codes}): one wins each, the others say so, no input deleted that is not archived")


def main():
    folder = tempfile.mkdtemp(prefix="crash")
    try:
        {"kills": kills, "trainings": trainings, "races": races}[sys.argv[1]](int(sys.argv[2]), folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
