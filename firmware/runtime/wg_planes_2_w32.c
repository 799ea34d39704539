/* Rows of two planes: ternary weights, 32 neurons a word. */
#define WG_NAME wg_planes_2_w32
#define WG_WORD uint32_t
#define WG_PLANES 2

#include "wg_planes.h"
