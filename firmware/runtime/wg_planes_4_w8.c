/* Rows of four planes, 8 neurons a word. */
#define WG_NAME wg_planes_4_w8
#define WG_WORD uint8_t
#define WG_PLANES 4

#include "wg_planes.h"
