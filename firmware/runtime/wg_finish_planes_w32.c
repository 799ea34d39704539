/* Counters of 32 neurons a word, compared. */
#define WG_NAME wg_finish_planes_w32
#define WG_WORD uint32_t
#define WG_WORD_BITS 32u
#define WG_FIRE 1

#include "wg_finish_planes.h"
