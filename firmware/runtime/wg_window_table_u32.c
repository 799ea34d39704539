/* Up to 32 neurons. */
#define WG_NAME wg_window_table_u32
#define WG_ENTRY uint32_t
#define WG_POOL 1

#include "wg_window_table.h"
