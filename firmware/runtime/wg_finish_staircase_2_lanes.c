/* Values of 2 bits, lanes of any width. */
#define WG_NAME wg_finish_staircase_2_lanes
#define WG_BITS 2

#include "wg_finish_staircase_lanes.h"
