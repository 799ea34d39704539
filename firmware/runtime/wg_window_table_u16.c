/* Up to 16 neurons. */
#define WG_NAME wg_window_table_u16
#define WG_ENTRY uint16_t
#define WG_POOL 1

#include "wg_window_table.h"
