/* Counters of 32 neurons a word. */
#define WG_NAME wg_finish_maps_w32
#define WG_WORD uint32_t
#define WG_COUNTERS

#include "wg_finish_maps.h"
