/* Sums in lanes of 8 bits. */
#define WG_NAME wg_walk_8

#include "wg_walk.h"
