/* Sums in lanes of 16 bits. */
#define WG_NAME wg_walk_16
#define WG_WIDENED

#include "wg_walk.h"
