"""Fixtures of the trainings' tests."""

import gc

import keras
import pytest


@pytest.fixture(autouse=True)
def nothing_is_kept(request):
    """Keras and TensorFlow keep each model and what they made for its training: gigabytes over all tests that train long."""
    yield
    if request.node.get_closest_marker("slow") or request.node.get_closest_marker("long"):
        keras.backend.clear_session()
        gc.collect()
