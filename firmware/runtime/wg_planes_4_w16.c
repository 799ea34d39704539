/* Rows of four planes, 16 neurons a word. */
#define WG_NAME wg_planes_4_w16
#define WG_WORD uint16_t
#define WG_PLANES 4

#include "wg_planes.h"
