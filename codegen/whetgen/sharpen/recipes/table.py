"""The recipes by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from math import inf

import keras

from whetgen.sharpen.recipes.distortion import Distortion
from whetgen.sharpen.recipes.dqn import DqnRecipe
from whetgen.sharpen.recipes.models import (
    autoencoder,
    binary_mlp,
    cnn,
    lookup,
    mlp,
    q_network,
    resnet,
    segmenter,
    sparse_cnn,
    windowed_lookup,
)
from whetgen.sharpen.recipes.small import small_cnn, small_mlp
from whetgen.sharpen.recipes.tasks import CLASSIFY, RECONSTRUCT, SEGMENT, Task
from whetgen.sharpen.wiring import Wiring

AVERAGE = 0.999

_MNIST = (28, 28)
_CIFAR = (32, 32, 3)
_GENTLE = Distortion(shift=1.0, rotation=0.1, scale=0.08, shear=0.08)
_LIVELY = Distortion(shift=1.5, rotation=0.15, scale=0.1, shear=0.1)
_CLOTHES = Distortion(shift=1.0, scale=0.05, mirror=True)
_PHOTOS = Distortion(shift=3.0, rotation=0.1, scale=0.1, mirror=True)
_CRISP_PHOTOS = Distortion(shift=4.0, whole=True, mirror=True)


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How to train one model.

    It trains ``soft_epochs`` unsharpened, sharpens each spiking layer in ``steps`` epochs from the
    input up, and spends the rest fully sharp with weights of ``weight_bits`` (None: floats, exact and wide).
    The learning rate falls along a cosine from ``learning_rate`` to 0. ``synapses``: what pruning leaves, a
    number or a share, of all layers or by layer name; weights are narrowed when it has ended.
    ``patience``: end after so many sharp epochs without a lower training loss. ``clip``: the greatest norm of the gradient
    of all weights together. Lookup tables learn what they read as ``wiring`` says, for the share ``wired`` of the epochs;
    ``voters``: how many of those that vote pruning leaves. With a teacher, the loss is by a share ``teacher_weight`` the
    divergence from its answers, both softened by ``teacher_temperature``.
    ``average``: the share that a moving average of the weights keeps after each batch (``AVERAGE`` is usual); narrowing begins
    with the average, and the model ends with it (of lookup tables, since they have been wired and pruned). None: no average.
    ``spike_cost``: times the share of synapses that are active, added to the loss.

    Raises:
        ValueError: a learning rate or a cost that no training can have.
    """

    build: Callable[[], keras.Model]
    data: str
    epochs: int
    learning_rate: float
    task: Task = CLASSIFY
    input_scale: int = 255
    weight_bits: int | Mapping[str, int] | None = 4
    soft_epochs: int = 1
    steps: int = 1
    batch: int = 128
    distortion: Distortion | None = None
    label_smoothing: float = 0.1
    weight_decay: float = 0.0
    synapses: float | Mapping[str, float] | None = None
    patience: int | None = None
    clip: float | None = None
    wiring: Wiring = field(default_factory=Wiring)
    wired: float = 0.8
    voters: int | None = None
    teacher_weight: float = 0.5
    teacher_temperature: float = 3.0
    average: float | None = None
    spike_cost: float = 0.0

    def __post_init__(self) -> None:
        if not 0 < self.learning_rate < inf:
            raise ValueError(f"a learning rate is a number above 0, not {self.learning_rate}")
        if not 0 <= self.spike_cost < inf:
            raise ValueError(f"the cost of spikes is a number, 0 or more, not {self.spike_cost}")


_BINARY = Recipe(
    build=partial(binary_mlp, _MNIST, hidden=(64, 64, 64)),
    data="mnist",
    epochs=30,
    learning_rate=1e-2,
    weight_bits=1,
    batch=256,
    label_smoothing=0.0,
)
_SLIGHT = Distortion(shift=0.6, rotation=0.08, scale=0.05, shear=0.05)
_TABLES = Recipe(
    build=partial(lookup, _MNIST, levels=3, tables=(2000,)),
    data="mnist",
    epochs=15,
    learning_rate=1e-2,
    weight_bits=None,
    label_smoothing=0.0,
)
_ONE_BIT_PIXELS = replace(
    _TABLES,
    build=partial(lookup, _MNIST, levels=1, tables=(1500,)),
    epochs=40,
    wiring=Wiring(every=2, felt=0.25),
    distortion=_SLIGHT,
)
_DEEP_TABLES = replace(_ONE_BIT_PIXELS, epochs=80, clip=10.0, wiring=Wiring(every=2, felt=0.25, rate=0.1, pool=16))
_CIFAR10_VGG = partial(cnn, _CIFAR, blocks=((64,), (96, 96), (192, 192), (256,)), votes=16, open_end=True)
_CIFAR10 = Recipe(
    build=_CIFAR10_VGG,
    data="cifar10",
    epochs=100,
    learning_rate=3e-3,
    weight_bits=6,
    soft_epochs=4,
    distortion=_PHOTOS,
    average=AVERAGE,
)
_FOR_GPUS = replace(_CIFAR10, epochs=200, learning_rate=2e-3, soft_epochs=10, steps=4, average=None)
_NARROW_PHOTOS = {"stem": 6, "conv1": 2, "conv2a": 2, "conv2b": 2, "conv3": 3, "head": 3}
# The weights of both fit the block memory of an ECP5-85.
_NARROW_VGG = {"conv1": 6, "conv2a": 3, "conv2b": 3, "conv3a": 2, "conv3b": 2, "conv4": 2, "head": 3}
_VGG = replace(_CIFAR10, weight_bits=_NARROW_VGG, distortion=_CRISP_PHOTOS, teacher_weight=0.8)
_DIGITS = Recipe(
    build=partial(mlp, (8, 8), hidden=(40,), votes=3),
    data="digits",
    epochs=200,
    learning_rate=4e-3,
    input_scale=16,
    soft_epochs=10,
    steps=4,
    batch=64,
    distortion=Distortion(shift=0.6, rotation=0.12, scale=0.08, shear=0.08),
)

RECIPES: dict[str, Recipe | DqnRecipe] = {
    "digits-mlp": _DIGITS,
    "mnist-mlp": Recipe(
        build=partial(mlp, _MNIST, hidden=(256, 256), votes=10),
        data="mnist",
        epochs=40,
        learning_rate=2e-3,
        soft_epochs=2,
        distortion=_LIVELY,
        teacher_weight=0.8,
    ),
    "mnist-cnn": Recipe(
        build=partial(cnn, _MNIST, blocks=((20,), (32, 32), (44,)), votes=6, open_end=True),
        data="mnist",
        epochs=36,
        learning_rate=3e-3,
        weight_bits=6,
        distortion=_GENTLE,
    ),
    "mnist-vgg": Recipe(
        build=partial(cnn, _MNIST, blocks=((40,), (64, 64), (96, 128)), votes=10, open_end=True),
        data="mnist",
        epochs=30,
        learning_rate=3e-3,
        weight_bits=6,
        soft_epochs=2,
        distortion=Distortion(shift=1.2, rotation=0.12, scale=0.1, shear=0.1),
    ),
    "mnist-cnn-sparse": Recipe(
        build=partial(sparse_cnn, _MNIST, channels=(16, 48, 48), levels=3, votes=6),
        data="mnist",
        epochs=40,
        learning_rate=4e-3,
        soft_epochs=2,
        batch=256,
        distortion=Distortion(shift=0.9, rotation=0.09, scale=0.06, shear=0.06),
        label_smoothing=0.05,
        synapses={"conv1": 320, "conv2": 2112, "conv3": 4320, "head": 24000},
    ),
    "mnist-lut": _TABLES,
    "mnist-lut-small": replace(_TABLES, build=partial(lookup, _MNIST, levels=3, tables=(600,))),
    "mnist-lut-98": _ONE_BIT_PIXELS,
    "mnist-lut-tiny": replace(_ONE_BIT_PIXELS, build=partial(lookup, _MNIST, levels=1, tables=(575,)), distortion=None),
    "mnist-lut-deep": replace(_DEEP_TABLES, build=partial(lookup, _MNIST, levels=1, tables=(2000, 2000))),
    "mnist-lut-windows": replace(
        _DEEP_TABLES,
        build=partial(
            windowed_lookup, _MNIST, levels=1, kernels=((32, 5, 2, "valid"), (128, 3, 2, "same")), tables=(4000,)
        ),
        epochs=90,
        distortion=_LIVELY,
        wiring=replace(_DEEP_TABLES.wiring, every=4, size=256),
    ),
    "mnist-tfc": _BINARY,
    "mnist-sfc": replace(
        _BINARY,
        build=partial(binary_mlp, _MNIST, hidden=(256, 256, 256)),
        epochs=40,
        learning_rate=7e-3,
        distortion=_SLIGHT,
    ),
    "mnist-lfc": replace(
        _BINARY,
        build=partial(binary_mlp, _MNIST, hidden=(1024, 1024, 1024)),
        epochs=70,
        learning_rate=2e-3,
        distortion=_GENTLE,
        teacher_weight=0.8,
    ),
    "fashion-mlp": Recipe(
        build=partial(mlp, _MNIST, hidden=(512, 256), votes=10),
        data="fashion_mnist",
        epochs=60,
        learning_rate=3e-3,
        soft_epochs=2,
        batch=256,
        distortion=_CLOTHES,
    ),
    "fashion-cnn": Recipe(
        build=partial(cnn, _MNIST, blocks=((40,), (80, 80), (128,)), votes=10, open_end=True),
        data="fashion_mnist",
        epochs=44,
        learning_rate=3e-3,
        weight_bits=6,
        distortion=_CLOTHES,
    ),
    "fashion-vgg": Recipe(
        build=partial(cnn, _MNIST, blocks=((48,), (96, 96), (128, 192)), votes=10, open_end=True),
        data="fashion_mnist",
        epochs=60,
        learning_rate=3e-3,
        weight_bits=6,
        soft_epochs=2,
        distortion=_CLOTHES,
    ),
    "mnist-autoencoder": Recipe(
        build=partial(autoencoder, _MNIST, hidden=(512, 64, 512)),
        data="mnist",
        task=RECONSTRUCT,
        epochs=25,
        learning_rate=3e-3,
        weight_bits=6,
        batch=256,
    ),
    "digit-segmentation": Recipe(
        build=partial(segmenter, (40, 40), widths=(12, 24, 32)),
        data="digit_canvases",
        task=SEGMENT,
        epochs=20,
        learning_rate=4e-3,
        weight_bits=6,
        batch=64,
    ),
    "cartpole-dqn": DqnRecipe(build=partial(q_network, 4, hidden=(128, 128), actions=2)),
    "cifar10-vgg": _VGG,
    "cifar10-vgg-2bit": replace(_VGG, build=partial(_CIFAR10_VGG, levels=3)),
    "cifar10-small": replace(
        _CIFAR10,
        build=partial(
            cnn, _CIFAR, stem=(64, 4, 2), blocks=((64,), (96, 128), (128,)), votes=10, levels=3, open_end=True
        ),
        epochs=80,
        weight_bits=_NARROW_PHOTOS,
    ),
    "cifar10-resnet": replace(_FOR_GPUS, build=partial(resnet, _CIFAR, widths=(64, 128, 256), blocks=3, votes=16)),
    "cifar100-vgg": replace(
        _FOR_GPUS,
        data="cifar100",
        build=partial(cnn, _CIFAR, blocks=((128, 128), (256, 256), (512, 512)), dense=(2048,), votes=16, classes=100),
    ),
    "coco-person-segmentation": Recipe(
        build=partial(segmenter, (128, 128, 3), widths=(24, 48, 96, 128)),
        data="coco_persons",
        task=SEGMENT,
        epochs=60,
        learning_rate=2e-3,
        weight_bits=6,
        soft_epochs=4,
        batch=32,
    ),
    "mnist-mlp-small": Recipe(
        build=partial(small_mlp, _MNIST, crop=2, hidden=(160,), votes=6),
        data="mnist",
        epochs=30,
        learning_rate=2e-3,
        weight_bits=2,
        soft_epochs=2,
        distortion=Distortion(shift=0.8, rotation=0.1, scale=0.07, shear=0.07),
    ),
    "mnist-cnn-small": Recipe(
        build=partial(small_cnn, _MNIST, channels=(8, 32), classes=10),
        data="mnist",
        epochs=15,
        learning_rate=2e-3,
        weight_bits={"conv1": 5, "conv2": 3, "head": 2},
        soft_epochs=2,
        distortion=Distortion(shift=0.5, rotation=0.07, scale=0.05, shear=0.05),
        label_smoothing=0.05,
    ),
    "digits-mlp-2bit": replace(_DIGITS, build=partial(mlp, (8, 8), hidden=(40,), votes=3, levels=3)),
}
