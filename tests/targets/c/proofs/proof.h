/* What every proof needs: values that may be anything, and copies byte by byte, for which the checker's own are costly. */
#ifndef PROOF_H
#define PROOF_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

unsigned char nondet_uchar(void);
unsigned nondet_uint(void);

static void *copied(void *to, const void *from, size_t count)
{
    for (size_t k = 0; k < count; k++) {
        ((uint8_t *)to)[k] = ((const uint8_t *)from)[k];
    }
    return to;
}

static void *filled(void *to, int value, size_t count)
{
    for (size_t k = 0; k < count; k++) {
        ((uint8_t *)to)[k] = (uint8_t)value;
    }
    return to;
}

static void anything(void *to, size_t count)
{
    for (size_t k = 0; k < count; k++) {
        ((uint8_t *)to)[k] = nondet_uchar();
    }
}

static int bit(const uint8_t *bits, unsigned at)
{
    return bits[at / 8u] >> at % 8u & 1;
}

#define memcpy copied
#define memset filled
#define ASSUME(rule) __ESBMC_assume(rule)
#define PROVE(rule) __ESBMC_assert(rule, #rule)

#endif
