#include "wg_crc32.h"

/* What four bits that leave the register change in it: the polynomial 0xedb88320, reflected. */
static const uint32_t WG_FLASH of_nibble[16] = {
    0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
    0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
};

/* Turns the place of a byte in an element, counted from the lowest, into its place in memory. */
static wg_size turn(wg_size size)
{
    const uint16_t one = 1;
    uint8_t first;

    memcpy(&first, &one, 1);
    return first ? 0u : size - 1u;
}

uint32_t wg_crc32(const void WG_FLASH *data, wg_size bytes, wg_size size)
{
    const volatile uint8_t WG_FLASH *const from = (const volatile uint8_t WG_FLASH *)data; /* read, not folded */
    const wg_size turned = turn(size);
    uint32_t crc = 0xffffffffu;

    for (wg_size k = 0; k < bytes; k++) {
        crc ^= from[k ^ turned];
        crc = crc >> 4 ^ of_nibble[crc & 15u];
        crc = crc >> 4 ^ of_nibble[crc & 15u];
    }
    return ~crc;
}
