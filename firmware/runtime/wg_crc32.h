/* The checksum that tells a table with flipped bits from the one that was generated. */
#ifndef WG_CRC32_H
#define WG_CRC32_H

#include "wg_flash.h"

/* CRC-32 (IEEE 802.3, as zlib's) of `bytes` bytes, a multiple of `size`: elements of `size` bytes, 1, 2, 4 or 8,
 * each from its lowest byte on, whatever the machine's byte order. It differs where one or two bits have flipped, and
 * where all that have lie within 32 bits. */
uint32_t wg_crc32(const void WG_FLASH *data, wg_size bytes, wg_size size);

#endif
