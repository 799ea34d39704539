/* Rows of two planes: ternary weights, 16 neurons a word. */
#define WG_NAME wg_planes_2_w16
#define WG_WORD uint16_t
#define WG_PLANES 2

#include "wg_planes.h"
