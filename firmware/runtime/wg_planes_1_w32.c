/* Rows of one plane: weights of two values, 32 neurons a word. */
#define WG_NAME wg_planes_1_w32
#define WG_WORD uint32_t
#define WG_PLANES 1

#include "wg_planes.h"
