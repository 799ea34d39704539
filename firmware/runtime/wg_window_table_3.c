/* Kernels of 3 rows. */
#define WG_NAME wg_window_table_3
#define WG_ROWS 3
#define WG_POOL 1

#include "wg_window_table.h"
