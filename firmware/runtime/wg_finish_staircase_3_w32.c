/* Values of 3 bits, counters of 32 neurons a word. */
#define WG_NAME wg_finish_staircase_3_w32
#define WG_BITS 3
#define WG_WORD uint32_t
#define WG_WORD_BITS 32u

#include "wg_finish_staircase.h"
