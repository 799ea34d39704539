/* Rows of four planes, 32 neurons a word. */
#define WG_NAME wg_planes_4_w32
#define WG_WORD uint32_t
#define WG_PLANES 4

#include "wg_planes.h"
