"""Flipped bits in a C network that runs on the host: in its tables, which are made writable, and in its arena."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np

from whetgen.fuzz.files import write
from whetgen.ir import Graph
from whetgen.targets.c.target import COptions, plan, render
from whetgen.verification.c_runner import find_compiler, pack_codes

# The network's own file is part of the program, so that its tables have names; the runtime is compiled apart.
_TABLES = """
#define _GNU_SOURCE
#include "net.c"
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
static const struct {{ const void *data; long bytes; }} tables[] = {{ {tables} }};
static long unseen;
static void flip(int table, long bit)
{{
    unsigned char *const byte = (unsigned char *)tables[table].data + bit / 8;
    const unsigned char was = *byte;
    void *const page = (void *)((size_t)byte & ~(size_t)4095);
    if (mprotect(page, 4096, PROT_READ | PROT_WRITE)) exit(2);
    *(volatile unsigned char *)byte = was ^ 1u << bit % 8;
    unseen += net_check() != table + 1;
    *(volatile unsigned char *)byte = was;
}}
int main(void)
{{
    long flips = 0, bits;
    int table;
    if (net_check()) return 1;
    while (scanf("%d %ld", &table, &bits) == 2) flip(table, bits), flips++;
    for (table = 0; !flips && table < net_TABLES; table++)
        for (bits = 0; bits < 8 * tables[table].bytes; bits++) flip(table, bits);
    printf("%ld\\n", unseen);
    return net_check();
}}
"""
_ARENA = """
#include <stdint.h>
static void after_layer(int layer);
#define WG_AFTER_LAYER(layer) after_layer(layer)
#include "net.c"
#include <stdio.h>
#include <stdlib.h>
static int calls, at_call;
static long at_bit;
static unsigned char memory[net_ARENA_BYTES];
static void after_layer(int layer)
{
    (void)layer;
    if (calls++ == at_call) memory[at_bit / 8] ^= (unsigned char)(1u << at_bit % 8);
}
int main(void)
{
    static unsigned char input[net_INPUT_BYTES];
    static net_output_t right[net_OUTPUT_LEN], output[net_OUTPUT_LEN];
    long caught = 0, harmless = 0, wrong = 0;
    while (fread(input, sizeof input, 1, stdin) == 1) {
        at_call = -1;
        net_infer_r(memory, (const void *)input, right);
        for (at_call = 0; at_call < 2 * LAYERS; at_call++) {
            for (at_bit = 0; at_bit < 8l * net_ARENA_BYTES; at_bit++) {
                calls = 0;
                const int told = net_infer_checked_r(memory, (const void *)input, output);
                if (told != 0 && told != -1) return 1;
                caught += told == -1;
                harmless += told == 0 && !memcmp(right, output, sizeof right);
                wrong += told == 0 && memcmp(right, output, sizeof right);
            }
        }
    }
    printf("%ld %ld %ld\\n", caught, harmless, wrong);
    return 0;
}
"""


def unseen_in_tables(
    graph: Graph, folder: Path, flips: np.ndarray | None = None, options: COptions | None = None
) -> int:
    """How many flips ``NAME_check`` does not answer with the number of their table; ``flips``: rows of table, from 0,
    and bit; None for every bit of every table."""
    made = plan(graph, "net", options or COptions(harden="crc"))
    tables = ", ".join(f"{{ {check.table}, sizeof {check.table} }}" for check in made.checks)
    program = _compiled(write(render(made), folder), _TABLES.format(tables=tables))
    wanted = "" if flips is None else "\n".join(f"{table} {bit}" for table, bit in flips.tolist())
    return int(subprocess.run([program], input=wanted, text=True, capture_output=True, check=True).stdout)


def flips_in_arena(graph: Graph, codes: np.ndarray, folder: Path) -> tuple[int, int, int]:
    """Every bit of the arena flipped after every kernel call of both runs of ``NAME_infer_checked_r``: how many flips
    it tells of, how many are told by none but the output is right, and how many leave a wrong output untold."""
    made = plan(graph, "net", COptions(harden="crc"))
    program = _compiled(write(render(made), folder), _ARENA, f"-DLAYERS={len(made.calls)}")
    frames = pack_codes(codes, graph.input.type).tobytes()
    told = subprocess.run([program], input=frames, capture_output=True, check=True).stdout.split()
    return int(told[0]), int(told[1]), int(told[2])


def _compiled(folder: Path, main: str, *flags: str) -> Path:
    (folder / "main.c").write_text(main)
    runtime = sorted(str(path) for path in (folder / "src").glob("wg_*.c"))
    command = [find_compiler(), "-std=gnu99", "-O2", *flags, "-Iinclude", "-Isrc", "main.c", *runtime, "-o", "flips"]
    subprocess.run(command, cwd=folder, check=True)
    return folder / "flips"
