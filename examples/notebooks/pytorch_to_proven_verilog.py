# %% [markdown]
# # From PyTorch to proven Verilog
#
# A small PyTorch network whose neurons are steps, exported to ONNX, turned into Verilog, and proved for all inputs. It needs `make torch`.

# %%
from pathlib import Path

import torch
from torch import nn

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


# %% [markdown]
# Four bits come in; the class says whether at least two of them are set.

# %%
torch.manual_seed(0)
frames = torch.tensor([[n >> k & 1 for k in range(4)] for n in range(16)], dtype=torch.float32)
labels = (frames.sum(1) >= 2).long()
net = nn.Sequential(nn.Linear(4, 8), Neurons(), nn.Linear(8, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=0.05)
for _ in range(200):
    optimizer.zero_grad()
    nn.functional.cross_entropy(net(frames), labels).backward()
    optimizer.step()
net.eval()
classes = net(frames).argmax(1)
print(f"{(classes == labels).sum()} of 16 right in PyTorch")

# %% [markdown]
# Exported, read back as whole numbers: the same class for each of the 16 inputs.

# %%
Path("build").mkdir(exist_ok=True)
torch.onnx.export(net, (frames[:1],), "build/two.onnx", dynamo=False)
graph = whetgen.trace(whetgen.load_model("build/two.onnx"), whetgen.InputSpec(type="bit", scale=1))
assert (graph.predict(frames.numpy().astype(int)) == classes.numpy()).all()
print(graph)

# %% [markdown]
# Verilog, and proofs for all inputs. Neurons that read six bits at most become one lookup table each: those are reported as tested only.

# %%
from whetgen.formal.layer_proofs import prove_layers  # noqa: E402

whetgen.generate(graph, "verilog", "build/two", whetgen.Options(name="two", architecture="unrolled"))
for proof in prove_layers(Path("build/two"), 60):
    print(f"{proof.layer}: {proof.result}, {proof.proved} of {proof.outputs} outputs")
    assert proof.result != "refuted"
