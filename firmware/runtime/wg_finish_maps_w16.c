/* Counters of 16 neurons a word. */
#define WG_NAME wg_finish_maps_w16
#define WG_WORD uint16_t
#define WG_COUNTERS

#include "wg_finish_maps.h"
