/* The tables of a generated network, for faults.c. */
#include <stdint.h>

struct fault_table {
    const char *name;
    unsigned char *start;
    unsigned long bytes;
};

extern const struct fault_table fault_tables[];
extern const uint32_t fault_table_count;

void fault_after_layer(unsigned layer);
