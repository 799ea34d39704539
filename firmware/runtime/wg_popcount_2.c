/* Two planes: ternary weights. */
#define WG_NAME wg_popcount_2
#define WG_PLANES 2

#include "wg_popcount.h"
