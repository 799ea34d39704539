/* Reading and writing single elements; the layout is in whetgen_runtime.h. */
#ifndef WG_ELEMENTS_H
#define WG_ELEMENTS_H

#include "wg_bits.h"
#include "whetgen_runtime.h"

/* Element i of a tensor (wg_get) or of a table (wg_read), not of WG_WIDE. The _i32 forms are for kinds of
 * at most 32 bits, without 64-bit arithmetic. */
#define WG_READER(name, space, type, widest)                                            \
    static inline type name(const void space *data, uint8_t kind, wg_size i)           \
    {                                                                                   \
        const uint8_t space *bytes = (const uint8_t space *)data;                       \
        switch (kind) {                                                                 \
        case WG_BIT: return (bytes[i >> 3] >> (i & 7u)) & 1;                            \
        case WG_U4: return (bytes[i >> 1] >> ((i & 1u) * 4u)) & 15;                     \
        case WG_U8: return bytes[i];                                                    \
        case WG_I8: return ((const int8_t space *)data)[i];                             \
        case WG_I16: return ((const int16_t space *)data)[i];                           \
        widest                                                                          \
        }                                                                               \
    }
#define WG_UP_TO_32(space) default: return ((const int32_t space *)data)[i];
#define WG_UP_TO_64(space) case WG_I32: return ((const int32_t space *)data)[i]; default: return ((const int64_t space *)data)[i];
#define WG_RAM

WG_READER(wg_get, WG_RAM, int64_t, WG_UP_TO_64(WG_RAM))
WG_READER(wg_get_i32, WG_RAM, int32_t, WG_UP_TO_32(WG_RAM))
WG_READER(wg_read, WG_FLASH, int64_t, WG_UP_TO_64(WG_FLASH))
WG_READER(wg_read_i32, WG_FLASH, int32_t, WG_UP_TO_32(WG_FLASH))

/* Element i becomes `value`, which MUST fit. A bit is only ever set: its tensor MUST start as 0. */
static inline void wg_put(void *data, uint8_t kind, wg_size i, int64_t value)
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

/* The same for kinds of at most 32 bits, without 64-bit arithmetic. */
static inline void wg_put_i32(void *data, uint8_t kind, wg_size i, int32_t value)
{
    uint8_t *bytes = (uint8_t *)data;
    switch (kind) {
    case WG_BIT: bytes[i >> 3] = (uint8_t)(bytes[i >> 3] | ((unsigned)(value & 1) << (i & 7u))); break;
    case WG_U8: bytes[i] = (uint8_t)value; break;
    case WG_I8: ((int8_t *)data)[i] = (int8_t)value; break;
    case WG_I16: ((int16_t *)data)[i] = (int16_t)value; break;
    default: ((int32_t *)data)[i] = value; break;
    }
}

/* Make `count` elements 0 if they are bits, of several maps the first; other kinds are always written in full. */
static inline void wg_clear_bits(void *data, wg_elements elements, wg_size count)
{
    if (elements.kind == WG_BIT) {
        memset(data, 0, (count + 7u) / 8u);
    }
}

/* Bytes of one element, WG_U8 to WG_I64. */
static inline wg_size wg_bytes_of(uint8_t kind)
{
    return kind <= WG_I8 ? 1u : 1u << (kind - WG_I8);
}

/* OR `count` bits from bit `first` of source into bit `at` of result; a word at a time. */
static inline void wg_or_bits(uint8_t *result, wg_size at, const uint8_t *source, wg_size first, wg_size count)
{
    while (count) {
        const wg_size from = first & 7u, to = at & 7u, most = 32u - (from > to ? from : to);
        const wg_size take = count < most ? count : most;
        wg_or_word(result, at, wg_load_bits(source, first, take), take);
        at += take;
        first += take;
        count -= take;
    }
}

/* First and one-past-last kernel row (or column) that lies on the map, for the window whose first row
 * is at `start` (negative: in the padding): start + k * dilation in [0, size). */
static inline void wg_clip(int32_t start, wg_size kernel, wg_size dilation, wg_size size,
                           wg_size *from, wg_size *to)
{
    const wg_size before = start < 0 ? (wg_size)-start : 0u;
    *from = before;
    *to = start >= (int32_t)size ? 0u : (wg_size)((int32_t)size - start);
    if (dilation != 1u) { /* small machines have no divider */
        *from = (before + dilation - 1u) / dilation;
        *to = (*to + dilation - 1u) / dilation;
    }
    *to = *to < kernel ? *to : kernel;
}

/* The row of `finish->rows` for a position, as the index of its first entry. */
static inline wg_size wg_row(const wg_finish *finish, wg_size position)
{
    const wg_size row = finish->row_of.data
        ? (wg_size)wg_read_i32(finish->row_of.data, finish->row_of.elements.kind, position)
        : (wg_size)(position * finish->row_step);
    return (wg_size)(row * finish->channels);
}

#endif
