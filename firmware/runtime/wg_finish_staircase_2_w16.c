/* Values of 2 bits, counters of 16 neurons a word. */
#define WG_NAME wg_finish_staircase_2_w16
#define WG_BITS 2
#define WG_WORD uint16_t
#define WG_WORD_BITS 16u

#include "wg_finish_staircase.h"
