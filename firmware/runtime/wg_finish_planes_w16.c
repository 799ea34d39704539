/* Counters of 16 neurons a word. */
#define WG_NAME wg_finish_planes_w16
#define WG_WORD uint16_t
#define WG_WORD_BITS 16u

#include "wg_finish_planes.h"
