"""What a circuit computes, by plain sums: the judge of the tests."""

from whetgen.targets.verilog.logic.circuit import Add, Circuit, Count


def evaluate(circuit: Circuit, inputs: list[int]) -> list[int]:
    """Value of each net for one input."""
    values = [0] * len(circuit.level)
    values[1 : len(inputs) + 1] = inputs

    def literal(number: int) -> int:
        return values[number >> 1] ^ (number & 1)

    def word(literals) -> int:
        return sum(literal(b) << k for k, b in enumerate(literals))

    for cell in circuit.cells:
        if isinstance(cell, Count):
            found, nets = sum(literal(b) for b in cell.inputs), cell.outputs
        elif isinstance(cell, Add):
            found, nets = word(cell.left) + word(cell.right) + literal(cell.carry), cell.outputs
            values[cell.top] = found >> len(cell.left)
        else:
            found, nets = cell.truth >> word(cell.inputs) & 1, cell.outputs
        for k, net in enumerate(nets):
            values[net] = found >> k & 1
    return values


def literals_of(circuit: Circuit, inputs: list[int], literals) -> list[int]:
    """Values of the literals for one input."""
    values = evaluate(circuit, inputs)
    return [values[b >> 1] ^ (b & 1) for b in literals]
