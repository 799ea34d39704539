"""Zip archives: single members, their sizes checked before they are unpacked."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import IO, BinaryIO

from whetgen.errors import BadInput
from whetgen.foreign.reasons import one_line

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 1
_MOST_MEMBERS = 10_000
_SMALL = 1 << 20
_MOST_EXPANSION = 32
_AGAIN = "copy or save it again"


class Refused(Exception):
    """What is wrong with a member; the file and the member are named around it."""


@contextmanager
def told(what: str, advice: str) -> Iterator[None]:
    """Whatever zip files and their contents raise when they are damaged (nearly every type), as one line of bad input."""
    try:
        yield
    except Exception as error:
        reason = str(error) if isinstance(error, Refused) else f"is damaged: {one_line(error)}"
        raise BadInput(f"{what} {reason}; {advice}") from error


@contextmanager
def opened_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo | None
) -> Iterator[tuple[IO[bytes], zipfile.ZipInfo]]:
    """A member's contents, and what the archive says of it.

    Raises:
        Refused: missing, encrypted, or compressed in another way than deflate.
    """
    if member is None:
        raise Refused("is missing")
    if member.flag_bits & _ENCRYPTED:
        raise Refused("is encrypted")
    if member.compress_type not in _METHODS:
        raise Refused(f"is compressed by method {member.compress_type}, which neither Keras nor NumPy writes")
    with archive.open(member) as stream:
        yield stream, member


def open_zip(file: BinaryIO, what: str) -> zipfile.ZipFile:
    """An archive whose members have decent names; ``what`` names it in messages.

    Raises:
        BadInput: damaged, or a member that would lie outside.
    """
    with told(f"{what}:", _AGAIN):
        archive = zipfile.ZipFile(file)
    if len(archive.infolist()) > _MOST_MEMBERS:
        raise BadInput(f"{what}: holds more than {_MOST_MEMBERS:,} members")
    for member in archive.infolist():
        place = PurePosixPath(member.filename.replace("\\", "/"))
        if place.is_absolute() or ".." in place.parts:
            raise BadInput(f"{what}: the member '{member.filename}' lies outside the archive; save the model again")
    return archive


def read_member(archive: zipfile.ZipFile, name: str, what: str, largest: int) -> bytes:
    """The contents of a member of at most ``largest`` bytes.

    Raises:
        BadInput: it cannot be read, or is larger than it may be.
    """
    found = next((m for m in reversed(archive.infolist()) if m.filename == name), None)
    with told(f"{what}: {name}", _AGAIN), opened_member(archive, found) as (stream, member):
        limit = min(largest, _SMALL + _MOST_EXPANSION * member.compress_size)
        if member.file_size > limit:
            raise Refused(f"claims {member.file_size:,} bytes, {limit:,} are the limit")
        data = stream.read(limit + 1)
        if len(data) > limit:
            raise Refused("is larger than it claims")
    return data
