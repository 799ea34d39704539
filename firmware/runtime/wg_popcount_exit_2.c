/* Two planes: ternary weights; a neuron is left as soon as its spike is certain. */
#define WG_NAME wg_popcount_exit_2
#define WG_PLANES 2
#define WG_EXIT

#include "wg_popcount.h"
