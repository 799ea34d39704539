"""Small pictures to train on without any download: ten templates of 8 x 8 pixels, with noise."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

STEPS = 60


def pictures(count: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Codes 0..255 as floats (count, 1, 8, 8), and which template each was drawn from."""
    templates = torch.randint(0, 256, (10, 1, 8, 8), generator=torch.Generator().manual_seed(0))
    random = torch.Generator().manual_seed(seed)
    labels = torch.randint(0, 10, (count,), generator=random)
    noise = torch.randint(-90, 91, (count, 1, 8, 8), generator=random)
    return (templates[labels] + noise).clamp(0, 255).float(), labels


def train(net: nn.Module) -> None:
    torch.set_num_threads(1)  # small sums; threads would wait for each other
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    codes, labels = pictures(2000, seed=1)
    for step in range(STEPS):
        batch = slice(step * 100 % 2000, step * 100 % 2000 + 100)
        loss = nn.functional.cross_entropy(net(codes[batch]), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def save_classes(net: nn.Module, path: str) -> None:
    """Pictures as whetgen takes them, channels last, with the classes that PyTorch itself gives them."""
    codes, labels = pictures(500, seed=2)
    with torch.no_grad():
        classes = net(codes).argmax(1)
    print(f"accuracy in PyTorch {(classes == labels).float().mean().item():.1%}")
    np.savez(path, x=codes.permute(0, 2, 3, 1).numpy().astype(np.uint8), y=classes.numpy())
