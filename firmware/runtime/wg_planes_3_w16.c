/* Rows of three planes, 16 neurons a word. */
#define WG_NAME wg_planes_3_w16
#define WG_WORD uint16_t
#define WG_PLANES 3

#include "wg_planes.h"
