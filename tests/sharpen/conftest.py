"""Fixtures of the trainings' tests."""

import gc

import keras
import pytest


@pytest.fixture(autouse=True)
def nothing_is_kept():
    """Keras and TensorFlow keep each model and what they made for its training: gigabytes over all tests."""
    yield
    keras.backend.clear_session()
    gc.collect()
