"""Zip archives: single members, their sizes checked before they are unpacked."""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import BinaryIO

from whetgen.errors import BadInput
from whetgen.foreign.reasons import one_line

_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    NotImplementedError,
)
_MOST_MEMBERS = 10_000
_SMALL = 1 << 20
_MOST_EXPANSION = 32


def open_zip(file: BinaryIO, what: str) -> zipfile.ZipFile:
    """An archive whose members have decent names; ``what`` names it in messages.

    Raises:
        BadInput: damaged, or a member that would lie outside.
    """
    try:
        archive = zipfile.ZipFile(file)
    except _DAMAGED as error:
        raise BadInput(f"{what}: no whole zip archive ({one_line(error)}); copy or save it again") from error
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
        BadInput: missing, damaged, encrypted, compressed in another way than deflate, or larger than it may be.
    """
    member = next((m for m in reversed(archive.infolist()) if m.filename == name), None)
    if member is None:
        raise BadInput(f"{what}: holds no {name}; copy or save it again")
    if member.flag_bits & 1:
        raise BadInput(f"{what}: {name} is encrypted")
    if member.compress_type not in _PLAIN:
        raise BadInput(f"{what}: {name} is compressed in a way that Keras does not use")
    limit = min(largest, _SMALL + _MOST_EXPANSION * member.compress_size)
    if member.file_size > limit:
        raise BadInput(f"{what}: {name} claims {member.file_size:,} bytes, {limit:,} are the limit")
    try:
        with archive.open(member) as stream:
            data = stream.read(limit + 1)
    except _DAMAGED as error:
        raise BadInput(f"{what}: {name} is damaged ({one_line(error)}); copy or save it again") from error
    if len(data) > limit:
        raise BadInput(f"{what}: {name} is larger than it claims; copy or save it again")
    return data
