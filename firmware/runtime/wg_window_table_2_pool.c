/* Kernels of 2 rows, 2 x 2 pooled. */
#define WG_NAME wg_window_table_2_pool
#define WG_ROWS 2
#define WG_POOL 2

#include "wg_window_table.h"
