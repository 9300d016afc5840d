#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Output is whole or not there: under kill -9, on a full disk, in a folder that cannot be written.

  interrupted.py WORKDIR DIGITS.tflite DIGITS_CALIBRATION.npz

A small disk and a read-only one are file systems of their own, mounted where nobody else sees them. Where that
is not allowed (a container without namespaces), the two cases are left out, and the last line says so.
"""
import os
import shutil
import signal
import subprocess
import sys
import time

OLD = b"what stood here before"
KILLS = 8
INSIDE = "VERNIER_TEST_IN_NAMESPACE"
SMALL_DISK = "16k"


def commands(model, data):
    """Each command that writes: its name, the file's name, and the words in front of the file."""
    return [("quantize", "out.tflite", ["quantize", model, "--calibration", data, "-o"]),
            ("calibrate", "out.json", ["calibrate", model, "--data", data, "-o"]),
            ("run", "out.npz", ["run", model, "--input", data, "-o"])]


def vernier(words, **options):
    return subprocess.run(["vernier", *words], capture_output=True, text=True, **options)


def fresh(folder, name):
    """A folder that holds an old file of that name alone."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(OLD)
    return path


def check_untouched(what, path, allowed=(OLD,)):
    names = os.listdir(os.path.dirname(path))
    assert names == [os.path.basename(path)], f"{what} left {names}"
    with open(path, "rb") as file:
        assert file.read() in allowed, f"{what} left a part of its output in {path}"


def kill(work, model, data):
    for what, name, words in commands(model, data):
        path = fresh(os.path.join(work, "kill"), name)
        start = time.monotonic()
        assert vernier(words + [path]).returncode == 0, what
        duration = time.monotonic() - start
        with open(path, "rb") as file:
            whole = file.read()
        for step in range(1, KILLS + 1):
            path = fresh(os.path.join(work, "kill"), name)
            process = subprocess.Popen(["vernier", *words, path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(duration * step / KILLS)
            process.send_signal(signal.SIGKILL)
            process.wait()
            check_untouched(f"{what}, killed after {step}/{KILLS} of its time,", path, allowed=(OLD, whole))


def mount(folder, options):
    os.makedirs(folder, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True)


def refuse(work, model, data):
    """Runs in a namespace of its own."""
    disk = os.path.join(work, "disk")
    for what, name, words in commands(model, data):
        for reason, options in (("a full disk", f"size={SMALL_DISK}"), ("a read-only folder", "size=1m")):
            mount(disk, options)
            path = os.path.join(disk, name)
            with open(path, "wb") as file:
                file.write(OLD)
            if reason == "a full disk":
                # One page is left, and every output needs more.
                with open(path, "ab") as file:
                    file.write(bytes(3 * 4096 - len(OLD)))
                with open(path, "rb") as file:
                    old = file.read()
            else:
                subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
                old = OLD
            result = vernier(words + [path])
            check_untouched(f"{what} on {reason}", path, allowed=(old,))
            assert result.returncode == 1 and path in result.stderr, (what, reason, result)
            subprocess.run(["umount", disk], check=True)


def refuse_elsewhere(arguments):
    """Runs `refuse` where mounting is allowed; False if that is nowhere."""
    unshare = ["unshare", "--mount"] + ([] if os.getuid() == 0 else ["--map-root-user"])
    try:
        allowed = subprocess.run([*unshare, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True).returncode == 0
    except OSError:
        allowed = False
    if allowed:
        subprocess.run([*unshare, sys.executable, *arguments], env={**os.environ, INSIDE: "1"}, check=True)
    return allowed


def main():
    work, model, data = (os.path.abspath(path) for path in sys.argv[1:])
    if os.environ.get(INSIDE):
        return refuse(work, model, data)
    kill(work, model, data)
    mounted = refuse_elsewhere(sys.argv)
    print("whole or not there: killed" + (", full disk, read-only folder" if mounted else
                                          "; not tried, because nothing can be mounted: full disk, read-only folder"))


if __name__ == "__main__":
    main()
