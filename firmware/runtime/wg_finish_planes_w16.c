/* Counters of 16 neurons a word, compared. */
#define WG_NAME wg_finish_planes_w16
#define WG_WORD uint16_t
#define WG_WORD_BITS 16u
#define WG_FIRE 1

#include "wg_finish_planes.h"
