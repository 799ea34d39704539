/* Values of 3 bits, lanes of any width. */
#define WG_NAME wg_finish_staircase_3_lanes
#define WG_BITS 3

#include "wg_finish_staircase_lanes.h"
