"""COCO's layout is read as it unpacks: polygons and run lengths become masks of persons."""

import json

import numpy as np
import pytest
from PIL import Image

from whetgen.sharpen.coco import load_persons
from whetgen.sharpen.data import load

PERSON, DOG = 1, 18
SQUARE = [[0, 0, 15, 0, 15, 15, 0, 15]]


def write(folder, split: str, annotations: list[dict], size=(32, 24)) -> None:
    (folder / "annotations").mkdir(exist_ok=True)
    (folder / split).mkdir()
    pixels = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3)).astype(np.uint8)
    Image.fromarray(pixels).save(folder / split / "a.png")
    notes = {
        "categories": [{"id": DOG, "name": "dog"}, {"id": PERSON, "name": "person"}],
        "images": [
            {"id": 7, "file_name": "a.png", "width": size[0], "height": size[1]},
            {"id": 8, "file_name": "empty.png", "width": 1, "height": 1},
        ],
        "annotations": annotations,
    }
    (folder / "annotations" / f"instances_{split}.json").write_text(json.dumps(notes))


def note(outline, category: int = PERSON, image: int = 7) -> dict:
    return {"image_id": image, "category_id": category, "segmentation": outline}


@pytest.fixture
def coco(tmp_path, monkeypatch):
    monkeypatch.setenv("WHETGEN_COCO", str(tmp_path))
    runs = {"size": [24, 32], "counts": [24 * 16, 24 * 16]}  # the right half, down the columns
    write(tmp_path, "train2017", [note(SQUARE), note(SQUARE, DOG, 8)])
    write(tmp_path, "val2017", [note(runs)])
    return tmp_path


def test_polygons_and_run_lengths_are_masks(coco):
    photos, masks, _, crowd = load_persons(side=32)
    assert photos.shape == (1, 32, 32, 3) and photos.dtype == masks.dtype == np.uint8
    assert masks[0, 2:19, 2:14].all() and not masks[0, 24:].any() and not masks[0, :, 18:].any()
    assert crowd[0, :, 18:].all() and not crowd[0, :, :14].any()


def test_it_is_a_data_set_like_others(coco):
    data = load("coco_persons")
    assert data.x_train.shape == (1, 128, 128, 3) and data.y_test.shape == (1, 128, 128)


def test_missing_folder_or_file_is_named(tmp_path, monkeypatch):
    monkeypatch.delenv("WHETGEN_COCO", raising=False)
    with pytest.raises(FileNotFoundError, match="^set WHETGEN_COCO to the folder of COCO"):
        load("coco_persons")
    monkeypatch.setenv("WHETGEN_COCO", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"instances_train2017\.json does not exist; WHETGEN_COCO must name"):
        load("coco_persons")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", r"instances_train2017\.json is no annotation file of COCO: "),
        ('{"categories": []}', r"instances_train2017\.json is no annotation file of COCO"),
        (
            '{"categories": [{"id": 1, "name": "person"}], "annotations": [], "images": []}',
            r"instances_train2017\.json has no photo with a person$",
        ),
    ],
)
def test_damaged_annotations_are_named(coco, content, message):
    (coco / "annotations" / "instances_train2017.json").write_text(content)
    with pytest.raises(ValueError, match=message):
        load_persons()
