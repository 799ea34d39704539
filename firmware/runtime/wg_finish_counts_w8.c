/* Counters of 8 neurons a word, read. */
#define WG_NAME wg_finish_counts_w8
#define WG_WORD uint8_t
#define WG_WORD_BITS 8u
#define WG_FIRE 0

#include "wg_finish_planes.h"
