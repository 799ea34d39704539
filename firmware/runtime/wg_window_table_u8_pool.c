/* Up to 8 neurons, 2 x 2 pooled. */
#define WG_NAME wg_window_table_u8_pool
#define WG_ENTRY uint8_t
#define WG_POOL 2

#include "wg_window_table.h"
