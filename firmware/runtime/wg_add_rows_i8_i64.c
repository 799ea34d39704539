/* Weights int8_t, sums int64_t. */
#define WG_NAME wg_add_rows_i8_i64
#define WG_WEIGHT int8_t
#define WG_SUM int64_t
#define WG_GET wg_get

#include "wg_add_rows.h"
