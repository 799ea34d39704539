/* Weights int16_t, sums int32_t. */
#define WG_NAME wg_add_rows_i16_i32
#define WG_WEIGHT int16_t
#define WG_SUM int32_t
#define WG_GET wg_get_i32

#include "wg_add_rows.h"
