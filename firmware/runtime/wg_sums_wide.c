/* Sums of many words. */
#define WG_NAME wg_sums_wide

#include "wg_sums_wide.h"
