/* Counters of 8 neurons a word. */
#define WG_NAME wg_finish_maps_w8
#define WG_WORD uint8_t
#define WG_COUNTERS

#include "wg_finish_maps.h"
