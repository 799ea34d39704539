/* Lanes of any width. */
#define WG_NAME wg_finish_maps_lanes
#define WG_WORD uint32_t

#include "wg_finish_maps.h"
