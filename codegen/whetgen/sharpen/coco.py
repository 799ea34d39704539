"""Photos and masks of persons from a local copy of COCO. Needs Pillow."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

FOLDER_VARIABLE = "WHETGEN_COCO"
_SIDE = 128
_SPLITS = ("train2017", "val2017")


def load_persons(side: int = _SIDE) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Training and validation photos (count, side, side, 3) and masks (count, side, side), uint8; mask 1 is a person.

    The folder that WHETGEN_COCO names holds ``annotations/instances_SPLIT.json`` and the photos in ``SPLIT/``,
    for the splits train2017 and val2017, as COCO unpacks. Photos with a person in them are used.

    Raises:
        FileNotFoundError: no such folder or file.
        ValueError: a damaged annotation file, no photo with a person, or Pillow is not installed.
    """
    folder = Path(os.environ.get(FOLDER_VARIABLE) or ".")
    if FOLDER_VARIABLE not in os.environ:
        raise FileNotFoundError(f"set {FOLDER_VARIABLE} to the folder of COCO (annotations/, train2017/, val2017/)")
    train, test = (_split(folder, split, side) for split in _SPLITS)
    return (*train, *test)


def _split(folder: Path, split: str, side: int) -> tuple[np.ndarray, np.ndarray]:
    path = folder / "annotations" / f"instances_{split}.json"
    if not path.is_file():
        raise FileNotFoundError(f"{path} does not exist; {FOLDER_VARIABLE} must name a folder of COCO")
    try:
        notes = json.loads(path.read_text(encoding="utf-8"))
        persons = _persons_by_image(notes)
        photos = [image for image in notes["images"] if image["id"] in persons]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path} is no annotation file of COCO: {error}") from error
    if not photos:
        raise ValueError(f"{path} has no photo with a person")
    pairs = [_photo(folder / split / p["file_name"], p, persons[p["id"]], side) for p in photos]
    return np.stack([photo for photo, _ in pairs]), np.stack([mask for _, mask in pairs])


def _persons_by_image(notes: dict) -> dict[int, list[dict]]:
    person = {category["name"]: category["id"] for category in notes["categories"]}["person"]
    found: dict[int, list[dict]] = {}
    for note in notes["annotations"]:
        if note["category_id"] == person:
            found.setdefault(note["image_id"], []).append(note)
    return found


def _photo(path: Path, entry: dict, persons: list[dict], side: int) -> tuple[np.ndarray, np.ndarray]:
    image = _pillow()
    with image.open(path) as file:
        photo = file.convert("RGB").resize((side, side))
    mask = image.new("L", (entry["width"], entry["height"]))
    for person in persons:
        _paint(mask, person["segmentation"])
    return np.asarray(photo, np.uint8), (np.asarray(mask.resize((side, side))) >= 128).astype(np.uint8)


def _paint(mask: Picture, outline: list[list[float]] | dict[str, list[int]]) -> None:
    """An outline is a list of polygons, or, for crowds, run lengths down the columns: 0s, 1s, 0s, ..."""
    from PIL import Image, ImageDraw

    if isinstance(outline, list):
        for polygon in outline:
            ImageDraw.Draw(mask).polygon(polygon, fill=255)
        return
    runs = outline["counts"]
    values = np.repeat(np.arange(len(runs)) % 2 * 255, runs).astype(np.uint8)
    crowd = values.reshape(outline["size"][::-1]).T
    mask.paste(255, mask=Image.fromarray(np.ascontiguousarray(crowd)))


def _pillow():
    try:
        from PIL import Image
    except ImportError as error:
        raise ValueError(f"reading photos needs Pillow ({error}); install whetgen[train]") from error
    return Image
