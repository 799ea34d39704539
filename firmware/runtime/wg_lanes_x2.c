/* 2 words of lanes at a time. */
#define WG_NAME wg_lanes_x2
#define WG_LANE_WORDS 2

#include "wg_lanes.h"
