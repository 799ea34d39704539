/* Kernels of 2 rows. */
#define WG_NAME wg_window_table_2
#define WG_ROWS 2
#define WG_POOL 1

#include "wg_window_table.h"
