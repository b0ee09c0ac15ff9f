#!/usr/bin/env python3
"""unity_groups.py TARGET_FOLDER SOURCE...: which sources may be compiled together, a line each: "GROUP SOURCE".

A unity build makes one translation unit of several sources. Each of ours keeps its own names in an unnamed
namespace; two that use the same name there cannot be together. They come into different groups. The
check is one of words, not of C++: what it misses, the compiler refuses (as a redefinition), and nothing worse.
A source that asks the kernel's own headers stays alone: they declare again what libc's do. So does one that
takes all names of an enumeration or a namespace for its own.

Which group a source likes best is told by the two names alone (rendezvous hashing), so that a new source
changes the group that it comes to and next to no other: what ccache knows of the others stays true.
"""

import hashlib
import re
import sys
from pathlib import Path

ALONE = re.compile(r"^(?:#include <(?:linux|net)/|using (?:enum|namespace) )", re.MULTILINE)
MOST_IN_A_GROUP = 8  # more would leave one processor idle, and take gigabytes
USUAL_IN_A_GROUP = 6

UNNAMED = re.compile(r"^namespace \{$(.*?)^\}  // namespace$", re.MULTILINE | re.DOTALL)
# At the beginning of a line: types, then functions, constants and variables. An alias may be said twice.
TYPE = re.compile(r"^(?:template <.*>\s*)?(?:struct|class|enum class|enum|union|concept)\s+(\w+)", re.MULTILINE)
OTHER = re.compile(r"^(?![\s}#/]|namespace |using )(?:[^\n(={;]*?[\s&*>])(\w+)(?:\[[^\]]*\])*\s*(?:[({=;])", re.MULTILINE)


def own_names(text):
    names = set()
    for part in UNNAMED.findall(text):
        names.update(TYPE.findall(part))
        names.update(OTHER.findall(part))
    return names


class Group:
    def __init__(self, number):
        self.number = number
        self.names = set()
        self.sources = 0

    def likes(self, source):
        return hashlib.sha256(f"{source} {self.number}".encode()).digest()

    def takes(self, names):
        return self.sources < MOST_IN_A_GROUP and not names & self.names


def main(folder, sources):
    groups = [Group(number) for number in range(-(-len(sources) // USUAL_IN_A_GROUP))]
    for source in sources:
        text = Path(folder, source).read_text(encoding="utf-8")
        if ALONE.search(text):
            print("alone_" + re.sub(r"\W", "_", source), source)
            continue
        names = own_names(text)
        free = [group for group in groups if group.takes(names)]
        if not free:
            free = [Group(len(groups))]
            groups += free
        group = max(free, key=lambda one: one.likes(source))
        group.names |= names
        group.sources += 1
        print(group.number, source)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
