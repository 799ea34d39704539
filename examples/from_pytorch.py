"""A PyTorch network whose neurons are signs, trained and exported to ONNX.

    python examples/from_pytorch.py OUT

writes OUT/net.onnx by torch's present exporter and OUT/net-old.onnx by its older one, and OUT/classes.npz: pictures with
the classes that PyTorch gives them. Then:

    whetgen OUT/net.onnx --target c --out OUT/c
    whetgen verify OUT/c --data OUT/classes.npz
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from templates import pictures, save_classes, train
from torch import nn


class Sign(torch.autograd.Function):
    """1 where x >= 0, else -1; its derivative is that of x between -1 and 1."""

    @staticmethod
    def forward(ctx, x: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(x)
        return torch.where(x >= 0, 1.0, -1.0)

    @staticmethod
    def backward(ctx, gradient: torch.Tensor) -> torch.Tensor:
        (x,) = ctx.saved_tensors
        return gradient * (x.abs() <= 1)


class Neurons(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return Sign.apply(x)


class Pixels(nn.Module):
    """Codes 0..255 as numbers -1..1; whetgen sees this factor and takes codes as they are."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x / 127.5 - 1


def network() -> nn.Module:
    return nn.Sequential(
        Pixels(),
        nn.Conv2d(1, 8, 3, padding=1),
        nn.BatchNorm2d(8),
        Neurons(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(128, 32),
        nn.BatchNorm1d(32),
        Neurons(),
        nn.Linear(32, 10),
    )


def main(out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    net = network()
    train(net)
    net.eval()  # norms as trained
    frame = pictures(1, seed=3)[0]
    torch.onnx.export(net, (frame,), out / "net.onnx", dynamo=True)
    torch.onnx.export(net, (frame,), out / "net-old.onnx", dynamo=False)
    save_classes(net, str(out / "classes.npz"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
