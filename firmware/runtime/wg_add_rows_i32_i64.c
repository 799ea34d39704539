/* Weights int32_t, sums int64_t. */
#define WG_NAME wg_add_rows_i32_i64
#define WG_WEIGHT int32_t
#define WG_SUM int64_t
#define WG_GET wg_get

#include "wg_add_rows.h"
