"""Which files of the hand-written libraries a generated folder needs: those that its text names, and so on."""

from __future__ import annotations

import re
from collections.abc import Iterable

from whetgen.assets import assets

# A header that is included; a Verilog module that is instantiated.
_NAMED = re.compile(r'^#include "(?:library/)?(wg_\w+)\.h"|^ *(wg_\w+) (?:#\(|\w+ \()', re.MULTILINE)


def named(texts: Iterable[str]) -> set[str]:
    """Files of a library that these texts include or instantiate, without the ending."""
    return {first or second for text in texts for first, second in _NAMED.findall(text)}


def library(names: Iterable[str], *folders: str) -> dict[str, str]:
    """File -> text of what stands under these names in the folders of the assets, and under those that it names in turn.

    A header brings the source of its name.
    """
    found: dict[str, str] = {}
    waiting, seen = set(names), set[str]()
    while new := waiting - seen:
        paths = [path for name in new for folder in folders for path in (assets() / folder).glob(f"{name}.*")]
        texts = {path.name: path.read_text(encoding="utf-8") for path in paths}
        found, seen, waiting = found | texts, seen | new, named(texts.values())
    return dict(sorted(found.items()))
