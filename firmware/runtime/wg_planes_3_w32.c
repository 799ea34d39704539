/* Rows of three planes, 32 neurons a word. */
#define WG_NAME wg_planes_3_w32
#define WG_WORD uint32_t
#define WG_PLANES 3

#include "wg_planes.h"
