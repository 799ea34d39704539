"""A sealed file is known as unchanged, and any byte that changes is noticed."""

import hashlib

import pytest

from whetgen.targets.output.seal import BLANK, is_unchanged, sealed

FILE = b"before " + BLANK.encode() + b" behind"


def test_the_seal_is_the_hash_of_the_file_with_zeros_in_its_place():
    digits = hashlib.sha256(FILE).hexdigest()
    assert sealed(FILE) == f"before whetgen sha256 {digits} behind".encode()
    assert is_unchanged(sealed(FILE))


@pytest.mark.parametrize("at", [0, 25, -1])
def test_a_changed_byte_is_noticed(at):
    changed = bytearray(sealed(FILE))
    changed[at] ^= 1
    assert not is_unchanged(bytes(changed))


@pytest.mark.parametrize("data", [b"", b"mine", FILE, BLANK.encode() * 2])
def test_a_file_without_a_seal_is_not_ours(data):
    assert not is_unchanged(data)
