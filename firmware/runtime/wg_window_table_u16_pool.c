/* Up to 16 neurons, 2 x 2 pooled. */
#define WG_NAME wg_window_table_u16_pool
#define WG_ENTRY uint16_t
#define WG_POOL 2

#include "wg_window_table.h"
