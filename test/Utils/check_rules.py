#!/usr/bin/env python3
# Part of the Vernier project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Holds the list of rules in docs/Check.md to `vernier check --rules`.

  check_rules.py PAGE [--update]
"""
import json
import subprocess
import sys

BEGIN, END = "<!-- rules -->\n", "<!-- end of rules -->\n"


def listing():
    rules = json.loads(subprocess.run(["vernier", "check", "--rules", "--json"], check=True, capture_output=True, text=True).stdout)
    lines, family = [], None
    for rule in rules:
        if rule["family"] != family:
            family = rule["family"]
            lines += [f"\n### {family.capitalize()}\n\n", "| rule | | what must hold | otherwise | cure |\n", "|---|---|---|---|---|\n"]
        lines.append("| " + " | ".join([f"`{rule['rule']}`", rule["severity"], rule["summary"], rule["consequence"], rule["cure"]]) + " |\n")
    return "".join(lines) + "\n"


def main(page, *options):
    with open(page) as file:
        head, rest = file.read().split(BEGIN)
    old, tail = rest.split(END)
    new = listing()
    if "--update" in options:
        with open(page, "w") as file:
            file.write(head + BEGIN + new + END + tail)
    elif old != new:
        print(f"{page} is not up to date; run test/Utils/check_rules.py {page} --update")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
