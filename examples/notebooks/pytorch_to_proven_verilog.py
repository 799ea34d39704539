# %% [markdown]
# # From PyTorch to proven Verilog
#
# A small PyTorch network whose neurons are steps, exported to ONNX, turned into Verilog, and every layer of it proved for all inputs. It needs
# `make torch`, and Yosys for the proofs (`pip install 'whetgen[synth]'` in an environment where whetgen is installed, or Debian's package).
# It runs in less than a minute.

# %%
from pathlib import Path

import torch
from torch import nn
from torch.nn.utils import parametrize

import whetgen


class Step(torch.autograd.Function):
    """1 from 0 on, else 0; backwards the slope of a hat."""

    @staticmethod
    def forward(context, x):
        context.save_for_backward(x)
        return torch.where(x >= 0, 1.0, 0.0)

    @staticmethod
    def backward(context, gradient):
        (x,) = context.saved_tensors
        return gradient * (1 - x.abs()).clamp(min=0)


class Neurons(nn.Module):
    def forward(self, x):
        return Step.apply(x) if self.training else torch.where(x >= 0, 1.0, 0.0)


class Quarters(nn.Module):
    """Weights rounded to multiples of 1/4: small whole numbers in hardware. Backwards as if they were not."""

    def forward(self, weight):
        return weight + ((4 * weight).round() / 4 - weight).detach()


# %% [markdown]
# Nine bits come in, the stones of one player on a board of 3x3; the class says whether three of them make a line. There are 512 boards. Each
# hidden neuron reads all nine bits: one that reads six at most would become a single lookup table, for which no proof exists.

# %%
torch.manual_seed(2)
boards = torch.tensor([[n >> k & 1 for k in range(9)] for n in range(512)], dtype=torch.float32)
lines = [[0, 1, 2], [3, 4, 5], [6, 7, 8], [0, 3, 6], [1, 4, 7], [2, 5, 8], [0, 4, 8], [2, 4, 6]]
labels = boards[:, lines].prod(2).amax(1).long()
net = nn.Sequential(nn.Linear(9, 16, bias=False), nn.BatchNorm1d(16), Neurons(), nn.Linear(16, 2, bias=False))
layers = (net[0], net[3])
for layer in layers:
    parametrize.register_parametrization(layer, "weight", Quarters())
optimizer = torch.optim.Adam(net.parameters(), lr=0.05)
for _ in range(500):
    optimizer.zero_grad()
    nn.functional.cross_entropy(net(boards), labels).backward()
    optimizer.step()
for layer in layers:
    parametrize.remove_parametrizations(layer, "weight")  # the rounded weights stay
net.eval()
classes = net(boards).argmax(1)
print(f"{(classes == labels).sum()} of 512 right in PyTorch")

# %% [markdown]
# Exported, read back as whole numbers: the same class for each of the 512 boards.

# %%
Path("build").mkdir(exist_ok=True)
torch.onnx.export(net, (boards[:1],), "build/lines.onnx", dynamo=False)
graph = whetgen.trace(whetgen.load_model("build/lines.onnx"), whetgen.InputSpec(type="bit", scale=1))
assert (graph.predict(boards.numpy().astype(int)) == classes.numpy()).all()
print(graph)

# %% [markdown]
# Verilog, and proofs, in a second: Yosys reads the written file back, and each output bit of each layer is shown to be what the graph says,
# whatever comes in ([how](../explanation/proofs.md)). The last row is what no layer holds: the streams around the network and the comparison
# of the two scores. Their modules are proved by themselves, at small sizes; in this network they are tested, by `whetgen verify build/lines`.

# %%
from whetgen.formal.layer_proofs import prove_layers  # noqa: E402

whetgen.generate(graph, "verilog", "build/lines", whetgen.Options(name="lines", architecture="unrolled"))
*layer_proofs, around = prove_layers(Path("build/lines"), 60)
for proof in layer_proofs:
    print(f"{proof.layer}: {proof.result}, {proof.proved} of {proof.outputs} outputs")
    assert proof.result == "proved"
print(f"{around.layer}: {around.result}")
