/* Sums of many words, several thresholds. */
#define WG_NAME wg_staircase_wide
#define WG_STAIRCASE

#include "wg_sums_wide.h"
