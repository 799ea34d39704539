/* Reading and writing single elements; the layout is in whetgen_runtime.h. */
#ifndef WG_ELEMENTS_H
#define WG_ELEMENTS_H

#include "whetgen_runtime.h"

#include <string.h>

/* Element i of a tensor or table that is not wide. */
static inline int64_t wg_get(const void *data, uint8_t kind, uint32_t i)
{
    const uint8_t *bytes = (const uint8_t *)data;
    switch (kind) {
    case WG_BIT: return (bytes[i >> 3] >> (i & 7u)) & 1;
    case WG_U4: return (bytes[i >> 1] >> ((i & 1u) * 4u)) & 15;
    case WG_U8: return bytes[i];
    case WG_I8: return ((const int8_t *)data)[i];
    case WG_I16: return ((const int16_t *)data)[i];
    case WG_I32: return ((const int32_t *)data)[i];
    default: return ((const int64_t *)data)[i];
    }
}

/* The same for kinds of at most 32 bits, without 64-bit arithmetic. */
static inline int32_t wg_get_i32(const void *data, uint8_t kind, uint32_t i)
{
    const uint8_t *bytes = (const uint8_t *)data;
    switch (kind) {
    case WG_BIT: return (bytes[i >> 3] >> (i & 7u)) & 1;
    case WG_U4: return (bytes[i >> 1] >> ((i & 1u) * 4u)) & 15;
    case WG_U8: return bytes[i];
    case WG_I8: return ((const int8_t *)data)[i];
    case WG_I16: return ((const int16_t *)data)[i];
    default: return ((const int32_t *)data)[i];
    }
}

/* Element i becomes `value`, which MUST fit. A bit is only ever set: its tensor MUST start as 0. */
static inline void wg_put(void *data, uint8_t kind, uint32_t i, int64_t value)
{
    uint8_t *bytes = (uint8_t *)data;
    switch (kind) {
    case WG_BIT: bytes[i >> 3] = (uint8_t)(bytes[i >> 3] | ((unsigned)(value & 1) << (i & 7u))); break;
    case WG_U8: bytes[i] = (uint8_t)value; break;
    case WG_I8: ((int8_t *)data)[i] = (int8_t)value; break;
    case WG_I16: ((int16_t *)data)[i] = (int16_t)value; break;
    case WG_I32: ((int32_t *)data)[i] = (int32_t)value; break;
    default: ((int64_t *)data)[i] = value; break;
    }
}

/* Make `count` elements 0 if they are bits; other kinds are always written in full. */
static inline void wg_clear_bits(void *data, wg_elements elements, uint32_t count)
{
    if (elements.kind == WG_BIT) {
        memset(data, 0, (count + 7u) / 8u);
    }
}

/* OR `count` bits from bit `first` of source into bit `at` of result; byte by byte where both allow it. */
static inline void wg_or_bits(uint8_t *result, uint32_t at, const uint8_t *source, uint32_t first, uint32_t count)
{
    uint32_t i = 0;
    if (((at | first) & 7u) == 0) {
        for (; i + 8u <= count; i += 8u) {
            result[(at + i) >> 3] |= source[(first + i) >> 3];
        }
    }
    for (; i < count; i++) {
        wg_put(result, WG_BIT, at + i, wg_get(source, WG_BIT, first + i));
    }
}

/* Position of the lowest set bit of a byte that is not 0. */
static inline uint32_t wg_lowest_bit(uint8_t byte)
{
    static const uint8_t of_nibble[16] = {4, 0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0};
    return byte & 15u ? of_nibble[byte & 15u] : 4u + of_nibble[byte >> 4];
}

/* First and one-past-last kernel row (or column) that lies on the map, for the window whose first row
 * is at `start` (negative: in the padding): start + k * dilation in [0, size). */
static inline void wg_clip(int32_t start, uint32_t kernel, uint32_t dilation, uint32_t size,
                           uint32_t *from, uint32_t *to)
{
    const uint32_t before = start < 0 ? (uint32_t)-start : 0u;
    *from = (before + dilation - 1u) / dilation;
    if (start >= (int32_t)size) {
        *to = 0u;
    } else {
        *to = (uint32_t)((int32_t)size - 1 - start) / dilation + 1u;
    }
    *to = *to < kernel ? *to : kernel;
}

/* The row of `finish->rows` for a position, as the index of its first entry. */
static inline uint32_t wg_row(const wg_finish *finish, uint32_t position)
{
    const uint32_t row = finish->row_of.data
        ? (uint32_t)wg_get_i32(finish->row_of.data, finish->row_of.elements.kind, position)
        : position * finish->row_step;
    return row * finish->channels;
}

#endif
