/* 1 word of lanes at a time. */
#define WG_NAME wg_lanes_x1
#define WG_LANE_WORDS 1

#include "wg_lanes.h"
