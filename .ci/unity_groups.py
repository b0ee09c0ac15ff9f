#!/usr/bin/env python3
"""unity_groups.py TARGET_FOLDER SOURCE...: which sources may be compiled together, a line each: "GROUP SOURCE".

A unity build makes one translation unit of several sources. Each of ours keeps its own names in an unnamed
namespace; two that use the same name there cannot be together. They come into different groups. The
check is one of words, not of C++: what it misses, the compiler refuses (as a redefinition), and nothing worse.
A source that asks the kernel's own headers stays alone: they declare again what libc's do. So does one that
takes all names of an enumeration or a namespace for its own.
"""

import re
import sys
from pathlib import Path

ALONE = re.compile(r"^(?:#include <(?:linux|net)/|using (?:enum|namespace) )", re.MULTILINE)
MOST_IN_A_GROUP = 8  # more would leave one processor idle, and take gigabytes

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


def main(folder, sources):
    groups = []  # (names, how many)
    for source in sources:
        text = Path(folder, source).read_text(encoding="utf-8")
        names = own_names(text)
        alone = ALONE.search(text) is not None
        for number, (taken, count) in enumerate(groups):
            if count < MOST_IN_A_GROUP and not alone and not names & taken:
                groups[number] = (taken | names, count + 1)
                break
        else:
            number = len(groups)
            groups.append((names, MOST_IN_A_GROUP if alone else 1))
        print(number, source)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
