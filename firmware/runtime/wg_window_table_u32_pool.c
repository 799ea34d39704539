/* Up to 32 neurons, 2 x 2 pooled. */
#define WG_NAME wg_window_table_u32_pool
#define WG_ENTRY uint32_t
#define WG_POOL 2

#include "wg_window_table.h"
