"""A Brevitas network with weights of 1 bit and neurons of 2 bits, trained and exported to QONNX.

    python examples/from_brevitas.py OUT

writes OUT/net.onnx, and OUT/classes.npz: pictures with the classes that Brevitas gives them. Then:

    whetgen OUT/net.onnx --target c --out OUT/c
    whetgen verify OUT/c --data OUT/classes.npz
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from brevitas import nn as qnn
from brevitas.export import export_qonnx
from brevitas.quant import SignedBinaryWeightPerTensorConst
from from_pytorch import Pixels
from templates import pictures, save_classes, train
from torch import nn


def linear(inputs: int, outputs: int) -> nn.Module:
    """Weights +-0.1, which is no power of two and need not be."""
    return qnn.QuantLinear(inputs, outputs, bias=False, weight_quant=SignedBinaryWeightPerTensorConst)


def network() -> nn.Module:
    return nn.Sequential(
        Pixels(),
        nn.Flatten(),
        linear(64, 32),
        nn.BatchNorm1d(32),
        qnn.QuantReLU(bit_width=2),
        linear(32, 32),
        nn.BatchNorm1d(32),
        qnn.QuantReLU(bit_width=2),
        linear(32, 10),
    )


def main(out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    net = network()
    train(net)
    net.eval()
    export_qonnx(net, args=pictures(1, seed=3)[0], export_path=str(out / "net.onnx"))
    save_classes(net, str(out / "classes.npz"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
