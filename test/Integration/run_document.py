#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Does what a page of documentation tells its reader to do.

  run_document.py PAGE.md WORKDIR

In WORKDIR and in the order of the page: a code block below a line that is a file name in backquotes becomes
that file; a block marked `sh` runs, all of them in one shell that stops at the first error; the lines of a
block marked `text` after it must be found in what it printed, in this order, `...` standing for anything.
Blocks of other kinds are for the eye.
"""
import os
import re
import subprocess
import sys

BLOCK = re.compile(r"(?:^`(?P<file>[\w./-]+)`\n)?^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
BORDER = "== end of block =="


def find_missing(expected, printed):
    """The first line of `expected` that `printed` does not have after those before it, or None."""
    at = 0
    for line in filter(None, (line.strip() for line in expected.splitlines())):
        pattern = ".*".join(re.escape(part.strip()) for part in line.split("..."))
        match = re.compile(pattern).search(printed, at)
        if not match:
            return line
        at = match.end()
    return None


def main(page, workdir):
    os.makedirs(workdir, exist_ok=True)
    with open(page, encoding="utf-8") as file:
        blocks = [match.groupdict() for match in BLOCK.finditer(file.read())]
    commands = []
    for block in blocks:
        if block["file"]:
            with open(os.path.join(workdir, block["file"]), "w", encoding="utf-8") as file:
                file.write(block["text"])
        elif block["kind"] == "sh":
            commands.append([block["text"], ""])
        elif block["kind"] == "text" and commands:
            commands[-1][1] += block["text"]
    script = "set -e -o pipefail\n" + "".join(f"{text}\necho '{BORDER}'\n" for text, _ in commands)
    # `python` is the one that runs this.
    path = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]
    done = subprocess.run(["bash", "-c", script], cwd=workdir, env={**os.environ, "PATH": path},
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    outputs = done.stdout.split(BORDER + "\n")
    for (text, expected), printed in zip(commands, outputs):
        missing = find_missing(expected, printed)
        if missing:
            print(f"{page}: these commands\n{text}should print\n  {missing}\nbut printed\n{printed}")
            return 1
    if done.returncode != 0 or len(outputs) != len(commands) + 1:
        print(f"{page}: failed with exit code {done.returncode} after block {len(outputs)} of {len(commands)}:\n{outputs[-1]}")
        return 1
    print(f"{os.path.basename(page)}: {len(commands)} blocks of commands")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
