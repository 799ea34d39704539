/* The machine that compiles: input.bin in, output.bin out, the counter is the processor's time. */
#include "port.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static FILE *in, *out;

void port_start(void)
{
    in = fopen("input.bin", "rb");
    out = fopen("output.bin", "wb");
    if (!in || !out) {
        exit(1);
    }
}

int port_read(void *to, uint32_t length)
{
    return fread(to, length, 1, in) == 1;
}

void port_write(const void *from, uint32_t length)
{
    if (fwrite(from, length, 1, out) != 1) {
        exit(1);
    }
}

uint32_t port_ticks(void)
{
    return (uint32_t)clock();
}

void port_stop(void)
{
    fclose(in);
    fclose(out);
}
