"""The damage is reproducible and does damage."""

import io
import json
import random
import zipfile

import pytest
from tests.mutants import DAMAGES, mutant

TEXT = b'{"units": 30, "name": "dense"}' * 40


@pytest.mark.parametrize("seed", range(20))
def test_same_seed_same_mutant(seed):
    assert mutant(TEXT, seed) == mutant(TEXT, seed)


def test_seeds_differ():
    assert len({mutant(TEXT, seed) for seed in range(100)}) > 90


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("data", [b"", b"1", TEXT])
def test_any_bytes_can_be_damaged(damage, data):
    for seed in range(30):
        assert isinstance(damage(random.Random(seed), data), bytes)


def test_members_of_an_archive_are_damaged_under_whole_checksums():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("config.json", TEXT)
    contents = [_content(mutant(archive.getvalue(), seed)) for seed in range(20)]
    assert sum(content not in (None, TEXT) for content in contents) >= 4


def test_text_of_json_stays_json_half_of_the_time():
    mutants = [mutant(b'{"units": 30, "name": ["dense", null]}', seed) for seed in range(60)]
    assert sum(_is_json(m) for m in mutants) >= 20


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except ValueError:
        return False
    return True


def _content(data: bytes) -> bytes | None:
    try:
        return zipfile.ZipFile(io.BytesIO(data)).read("config.json")
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, NotImplementedError):
        return None
