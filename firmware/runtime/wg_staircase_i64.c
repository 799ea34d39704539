/* Sums int64_t, several thresholds. */
#define WG_NAME wg_staircase_i64
#define WG_STAIRCASE
#define WG_SUM int64_t
#define WG_GET wg_get
#define WG_READ wg_read

#include "wg_sums_int.h"
