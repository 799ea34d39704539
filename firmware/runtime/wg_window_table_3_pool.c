/* Kernels of 3 rows, 2 x 2 pooled. */
#define WG_NAME wg_window_table_3_pool
#define WG_ROWS 3
#define WG_POOL 2

#include "wg_window_table.h"
