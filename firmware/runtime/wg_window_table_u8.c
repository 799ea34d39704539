/* Up to 8 neurons. */
#define WG_NAME wg_window_table_u8
#define WG_ENTRY uint8_t
#define WG_POOL 1

#include "wg_window_table.h"
