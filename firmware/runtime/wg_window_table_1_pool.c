/* Kernels of 1 row, 2 x 2 pooled. */
#define WG_NAME wg_window_table_1_pool
#define WG_ROWS 1
#define WG_POOL 2

#include "wg_window_table.h"
