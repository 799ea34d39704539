/* One plane: weights of two values; a neuron is left as soon as its spike is certain. */
#define WG_NAME wg_popcount_exit_1
#define WG_PLANES 1
#define WG_EXIT

#include "wg_popcount.h"
