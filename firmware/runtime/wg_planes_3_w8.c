/* Rows of three planes, 8 neurons a word. */
#define WG_NAME wg_planes_3_w8
#define WG_WORD uint8_t
#define WG_PLANES 3

#include "wg_planes.h"
