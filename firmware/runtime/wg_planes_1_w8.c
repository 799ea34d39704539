/* Rows of one plane: weights of two values, 8 neurons a word. */
#define WG_NAME wg_planes_1_w8
#define WG_WORD uint8_t
#define WG_PLANES 1

#include "wg_planes.h"
