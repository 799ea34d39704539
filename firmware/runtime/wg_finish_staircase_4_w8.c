/* Values of 4 bits, counters of 8 neurons a word. */
#define WG_NAME wg_finish_staircase_4_w8
#define WG_BITS 4
#define WG_WORD uint8_t
#define WG_WORD_BITS 8u

#include "wg_finish_staircase.h"
