/* Rows of one plane: weights of two values, 16 neurons a word. */
#define WG_NAME wg_planes_1_w16
#define WG_WORD uint16_t
#define WG_PLANES 1

#include "wg_planes.h"
