/* Kernels of 1 row. */
#define WG_NAME wg_window_table_1
#define WG_ROWS 1
#define WG_POOL 1

#include "wg_window_table.h"
