/* Rows of two planes: ternary weights, 8 neurons a word. */
#define WG_NAME wg_planes_2_w8
#define WG_WORD uint8_t
#define WG_PLANES 2

#include "wg_planes.h"
