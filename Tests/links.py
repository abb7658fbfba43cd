#!/usr/bin/python3
"""Every link of the documents that leads into this repository leads somewhere: to a file that is there, to a heading."""

import os
import re
import subprocess
import sys

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def without_code(text):
    text = re.sub(r"^```.*?^```", "", text, flags=re.S | re.M)
    return re.sub(r"`[^`\n]*`", "", text)


def anchors(text):
    """As GitHub makes them of headings."""
    found = set()
    for heading in re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```", "", text, flags=re.S | re.M), flags=re.M):
        words = re.sub(r"[^\w\- ]", "", heading.strip().lower())
        found.add(words.replace(" ", "-"))
    return found


def main():
    names = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "*.md"], check=True, capture_output=True, text=True).stdout.split()
    wrong = []
    for name in names:
        with open(name, encoding="utf-8") as file:
            text = file.read()
        for link in LINK.findall(without_code(text)):
            if re.match(r"[a-z]+:", link):
                continue
            path, _, anchor = link.partition("#")
            target = os.path.normpath(os.path.join(os.path.dirname(name), path)) if path else name
            if not os.path.exists(target):
                wrong.append(f"{name}: {link}: no such file")
            elif anchor and target.endswith(".md"):
                with open(target, encoding="utf-8") as file:
                    if anchor not in anchors(file.read()):
                        wrong.append(f"{name}: {link}: no such heading")
    print(*wrong, sep="\n")
    sys.exit(1 if wrong else 0)


main()
