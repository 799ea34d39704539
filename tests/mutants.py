"""Damaged files: bytes in, bytes out, the same ones for the same seed."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable

Damage = Callable[[random.Random, bytes], bytes]

_RUN = 64
_PATTERNS = (b"\x00", b"\xff", b"\x7f", b"\x80")


def mutant(data: bytes, seed: int) -> bytes:
    """``data`` damaged in one to three ways; what is a zip archive half the time in one of its members.

    Archives are written again with whole checksums, so that the damage reaches those who read the member.
    """
    rng = random.Random(seed)
    if data[:2] == b"PK" and rng.random() < 0.5:
        return _in_a_member(rng, data)
    return _damaged(rng, data)


def _damaged(rng: random.Random, data: bytes) -> bytes:
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
