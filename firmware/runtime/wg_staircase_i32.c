/* Sums int32_t, several thresholds. */
#define WG_NAME wg_staircase_i32
#define WG_STAIRCASE
#define WG_SUM int32_t
#define WG_GET wg_get_i32
#define WG_READ wg_read_i32

#include "wg_sums_int.h"
