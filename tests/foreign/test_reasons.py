"""What Keras says, as one line that a person can read."""

import pytest

from whetgen.foreign.reasons import LONGEST, one_line

CALL = (
    "Exception encountered when calling layer 'dw' (type DepthwiseConv2D).\n\n"
    "\x1b[1m{{function_node __wrapped__X_device_/job:localhost/replica:0}} strides differ [Op:X] name: \x1b[0m\n\n"
    "Arguments received by DepthwiseConv2D.call():\n  • inputs=tf.Tensor(shape=(2, 9), dtype=float32)"
)
DESERIALISED = (
    "<class 'keras.src.layers.convolutional.conv2d.Conv2D'> could not be deserialized properly. Please ensure ...\n\n"
    "config={'module': 'keras.layers', 'config': {'name': 'c', 'filters': 0}}.\n\n"
    "Exception encountered: Error when deserializing class 'Conv2D' using config={'name': 'c', 'filters': 0}.\n\n"
    "Exception encountered: Invalid value for argument `filters`. Received filters=0."
)


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ValueError(CALL), "layer 'dw': strides differ"),
        (ValueError(CALL.replace(" layer 'dw' (type DepthwiseConv2D)", " DepthwiseConv2D.call()")), "strides differ"),
        (TypeError(DESERIALISED), "layer 'c': Invalid value for argument `filters`. Received filters=0"),
        (TypeError("Could not locate class 'X'. Full object config: {'a': 1}"), "Could not locate class 'X'"),
        (ValueError("layer 'c' is bad"), "layer 'c' is bad"),
        (ValueError("<class 'keras.src.layers.Dense'> is bad"), "Dense is bad"),
        (ValueError("two\nlines\tand\x07 a bell"), "two lines and a bell"),
        (KeyError("units"), "units"),
        (ValueError(), "ValueError"),
    ],
)
def test_reason_is_one_line(error, line):
    assert one_line(error) == line


def test_long_reason_ends_between_two_words():
    line = one_line(ValueError("word " * 200))
    assert line.endswith("word ...") and len(line) <= LONGEST + 4
