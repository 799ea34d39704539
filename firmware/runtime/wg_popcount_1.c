/* One plane: weights of two values. */
#define WG_NAME wg_popcount_1
#define WG_PLANES 1

#include "wg_popcount.h"
