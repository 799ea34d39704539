/* Where constant tables live.
 *
 * On most machines a `const` array stays in flash and is read like any other memory. The AVR has
 * separate address spaces: tables carry the address space __flash (GCC, -std=gnu99 or later), without
 * which the compiler would copy each of them to RAM at start-up. Costs there: 3 cycles a byte, not 2. */
#ifndef WG_FLASH_H
#define WG_FLASH_H

#include <stdint.h>
#include <string.h>

#if defined(__AVR__)
#if (!defined(__FLASH) || defined(__STRICT_ANSI__)) && !defined(__cplusplus)
#error "compile the sources of this network with -std=gnu99 or gnu11: tables need the address space __flash"
#endif
#define WG_FLASH __flash
#else
#define WG_FLASH
#endif

/* For functions that cost more flash inline than they save time. */
#if defined(__GNUC__)
#define WG_APART __attribute__((noinline))
#else
#define WG_APART
#endif

/* Numbers of elements and of bytes: an AVR has 16 bits of address, and 16-bit arithmetic costs half as much. */
#if defined(__AVR__)
typedef uint16_t wg_size;
typedef int16_t wg_place; /* of a window, negative in the padding */
#else
typedef uint32_t wg_size;
typedef int32_t wg_place;
#endif

#endif
