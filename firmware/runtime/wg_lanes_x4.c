/* 4 words of lanes at a time. */
#define WG_NAME wg_lanes_x4
#define WG_LANE_WORDS 4

#include "wg_lanes.h"
