/* The Arduino builder looks for headers in src only. */
#include "../include/{{ plan.name }}.h"
