/* Values of 4 bits, lanes of any width. */
#define WG_NAME wg_finish_staircase_4_lanes
#define WG_BITS 4

#include "wg_finish_staircase_lanes.h"
