"""Bytes of code of the runtime, for the planner's limits; the linker gives the true figure."""

from __future__ import annotations

from whetgen.targets.c.kernels import KernelCall
from whetgen.targets.c.mcus import Mcu

# Of each runtime file, by arm-none-eabi-gcc 12.2 -mcpu=cortex-m4 -mthumb -Os; a test compiles them again.
THUMB_BYTES = {
    "wg_add_rows_i16_i32": 298,
    "wg_add_rows_i16_i64": 366,
    "wg_add_rows_i32_i32": 298,
    "wg_add_rows_i32_i64": 368,
    "wg_add_rows_i64_i64": 388,
    "wg_add_rows_i8_i32": 288,
    "wg_add_rows_i8_i64": 370,
    "wg_add_rows_wide": 220,
    "wg_argmax": 146,
    "wg_argmax_i32": 46,
    "wg_binarise": 196,
    "wg_binarise_half": 132,
    "wg_bits": 106,
    "wg_bytes_x4": 78,
    "wg_conv": 454,
    "wg_crc32": 120,
    "wg_dense": 100,
    "wg_event_sums": 498,
    "wg_finish_counts_w16": 162,
    "wg_finish_counts_w32": 162,
    "wg_finish_counts_w8": 158,
    "wg_finish_lanes": 386,
    "wg_finish_planes_w16": 114,
    "wg_finish_planes_w32": 124,
    "wg_finish_planes_w8": 114,
    "wg_finish_staircase_2_lanes": 372,
    "wg_finish_staircase_2_w16": 284,
    "wg_finish_staircase_2_w32": 274,
    "wg_finish_staircase_2_w8": 268,
    "wg_finish_staircase_3_lanes": 530,
    "wg_finish_staircase_3_w16": 478,
    "wg_finish_staircase_3_w32": 454,
    "wg_finish_staircase_3_w8": 448,
    "wg_finish_staircase_4_lanes": 508,
    "wg_finish_staircase_4_w16": 454,
    "wg_finish_staircase_4_w32": 440,
    "wg_finish_staircase_4_w8": 416,
    "wg_gather_all_bits": 516,
    "wg_gather_all_nibbles": 504,
    "wg_gather_all_values": 416,
    "wg_gather_bits": 488,
    "wg_gather_maps_lanes": 148,
    "wg_gather_maps_planes": 96,
    "wg_gather_nibbles": 498,
    "wg_gather_pairs": 382,
    "wg_gather_values": 426,
    "wg_lanes_scaled_x1": 32,
    "wg_lanes_scaled_x2": 48,
    "wg_lanes_scaled_x4": 78,
    "wg_lanes_x1": 28,
    "wg_lanes_x2": 40,
    "wg_lanes_x4": 116,
    "wg_max_pool_bits": 454,
    "wg_max_pool_ints": 478,
    "wg_max_pool_maps": 588,
    "wg_max_pool_wide": 328,
    "wg_move_ints": 378,
    "wg_move_same": 374,
    "wg_move_wide": 498,
    "wg_pairs_x4": 132,
    "wg_planes_1_w16": 124,
    "wg_planes_1_w32": 122,
    "wg_planes_1_w8": 118,
    "wg_planes_2_w16": 278,
    "wg_planes_2_w32": 270,
    "wg_planes_2_w8": 276,
    "wg_planes_3_w16": 354,
    "wg_planes_3_w32": 318,
    "wg_planes_3_w8": 380,
    "wg_planes_4_w16": 436,
    "wg_planes_4_w32": 396,
    "wg_planes_4_w8": 444,
    "wg_popcount_1": 594,
    "wg_popcount_2": 714,
    "wg_popcount_exit_1": 696,
    "wg_popcount_exit_2": 808,
    "wg_quantise": 256,
    "wg_staircase": 204,
    "wg_staircase_i32": 520,
    "wg_staircase_i64": 658,
    "wg_staircase_wide": 648,
    "wg_sum_pool": 296,
    "wg_sums_i32": 396,
    "wg_sums_i64": 528,
    "wg_sums_wide": 664,
    "wg_walk_16": 1294,
    "wg_walk_8": 774,
    "wg_weighted_sum": 148,
    "wg_wide": 298,
    "wg_widened_4": 418,
    "wg_widened_8": 200,
    "wg_window_table_u16": 420,
    "wg_window_table_u16_pool": 556,
    "wg_window_table_u32": 420,
    "wg_window_table_u32_pool": 554,
    "wg_window_table_u8": 418,
    "wg_window_table_u8_pool": 548,
}
_CALL = 12  # of a kernel, in NAME_infer
_RECORD = 80  # of a layer


_CHECK = 20  # of a table, in NAME_check


def code_bytes(calls: tuple[KernelCall, ...], mcu: Mcu) -> int:
    """Code and layer records of these calls."""
    kernels = {unit for call in calls for unit in call.units}
    code = sum(THUMB_BYTES[unit] for unit in kernels) + _CALL * len(calls)
    return round(code * mcu.code) + _RECORD * len(calls)


def check_bytes(tables: int, mcu: Mcu) -> int:
    """Code of ``NAME_check`` and what it calls."""
    return round((THUMB_BYTES["wg_crc32"] + _CHECK * tables) * mcu.code)
