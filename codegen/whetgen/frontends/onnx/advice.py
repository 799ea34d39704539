"""What to do instead of an operator that whetgen does not know."""

from __future__ import annotations

_QUANTISE = (
    "whetgen takes networks whose hidden neurons are thresholds: quantise its result to 1 to 4 bits and train again"
)
_RECURRENT = "whetgen has no neurons with memory; use a network without recurrence"
_ADVICE = {
    **dict.fromkeys(("LSTM", "GRU", "RNN", "Loop", "Scan", "If"), _RECURRENT),
    **dict.fromkeys(
        (
            "Tanh",
            "LeakyRelu",
            "Elu",
            "Selu",
            "PRelu",
            "HardSigmoid",
            "HardSwish",
            "Gelu",
            "Erf",
            "Mish",
            "Softplus",
            "Exp",
            "Sqrt",
            "Pow",
        ),
        f"it makes real numbers; {_QUANTISE}",
    ),
    **dict.fromkeys(("FloatQuant", "DynamicQuantizeLinear"), _QUANTISE),
    "ConvTranspose": "use Resize (nearest) followed by Conv",
    "LayerNormalization": "use BatchNormalization",
    "InstanceNormalization": "use BatchNormalization",
    "Attention": _QUANTISE,
}


def instead_of(operator: str) -> str:
    """One sentence about ``operator``."""
    return _ADVICE.get(operator, "rebuild it from the operators that docs/reference/layers-and-operators.md lists")
