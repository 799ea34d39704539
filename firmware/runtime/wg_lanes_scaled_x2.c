/* 2 words of lanes at a time, each row times its value. */
#define WG_NAME wg_lanes_scaled_x2
#define WG_LANE_WORDS 2
#define WG_SCALED

#include "wg_lanes.h"
