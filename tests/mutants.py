"""Damaged files: bytes in, bytes out, the same ones for the same seed."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Callable, Iterator

Damage = Callable[[random.Random, bytes], bytes]

_RUN = 64
_PATTERNS = (b"\x00", b"\xff", b"\x7f", b"\x80")


def mutant(data: bytes, seed: int) -> bytes:
    """``data`` damaged in one to three ways; half the time a zip archive in one of its members, and a JSON text in one value.

    Archives are written again with whole checksums, and texts stay JSON, so that the damage reaches those who read on.
    """
    rng = random.Random(seed)
    if data[:2] == b"PK" and rng.random() < 0.5:
        return _in_a_member(rng, data)
    return _damaged(rng, data)


def _damaged(rng: random.Random, data: bytes) -> bytes:
    if _is_json(data) and rng.random() < 0.5:
        return _in_a_value(rng, data)
    for _ in range(rng.randint(1, 3)):
        data = rng.choice(DAMAGES)(rng, data)
    return data


def _in_a_member(rng: random.Random, data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = rng.choice(sorted(members))
    members[name] = _damaged(rng, members[name])
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for member, content in members.items():
            archive.writestr(zipfile.ZipInfo(member), content)
    return whole.getvalue()


def _is_json(data: bytes) -> bool:
    try:
        return isinstance(json.loads(data), dict | list)
    except ValueError:
        return False


def _in_a_value(rng: random.Random, data: bytes) -> bytes:
    """One value replaced by an odd one, or left out."""
    root = [json.loads(data)]
    holder, key = rng.choice(list(_places(root)))
    if holder is not root and rng.random() < 0.2:
        del holder[key]
    else:
        holder[key] = rng.choice(ODD_VALUES)
    return json.dumps(root[0]).encode()


def _places(value: dict | list) -> Iterator[tuple[dict | list, str | int]]:
    for key in value if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], dict | list):
            yield from _places(value[key])


def _truncate(rng: random.Random, data: bytes) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _flip(rng: random.Random, data: bytes) -> bytes:
    """One to eight bits."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 8) if data else 0):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _overwrite(rng: random.Random, data: bytes) -> bytes:
    """A run of equal bytes: extreme lengths, offsets and counts."""
    start, run = rng.randrange(len(data) + 1), rng.randint(1, _RUN)
    return data[:start] + rng.choice(_PATTERNS) * min(run, len(data) - start) + data[start + run :]


def _splice(rng: random.Random, data: bytes) -> bytes:
    """A piece from elsewhere, in place of another one or between two."""
    start, run, at = rng.randrange(len(data) + 1), rng.randint(1, 16 * _RUN), rng.randrange(len(data) + 1)
    piece = data[start : start + run]
    return data[:at] + piece + data[at + (len(piece) if rng.random() < 0.5 else 0) :]


def _cut(rng: random.Random, data: bytes) -> bytes:
    start = rng.randrange(len(data) + 1)
    return data[:start] + data[start + rng.randint(1, 16 * _RUN) :]


def _number(rng: random.Random, data: bytes) -> bytes:
    """One decimal number of a text made absurd."""
    places = [n for n, byte in enumerate(data) if 0x30 <= byte <= 0x39]
    if not places:
        return _flip(rng, data)
    at = rng.choice(places)
    return data[:at] + rng.choice((b"-1", b"0", b"100000000", b"1e999", b"null", b'"x"')) + data[at + 1 :]


DAMAGES: tuple[Damage, ...] = (_truncate, _flip, _flip, _overwrite, _splice, _cut, _number)
ODD_VALUES = (
    *(None, True, -1, 0, 1, 2**31, 2**63, 10**30, 1.5, 1e308, float("nan"), [], [[]], {}),
    *("", "x", "../../../etc/passwd", "0/0", "1e999999999", "9" * 5000),
)
