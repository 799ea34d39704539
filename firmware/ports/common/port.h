/* What a board gives to the programs that run on it: all of a port's contract. */
#ifndef PORT_H
#define PORT_H

#include <stdint.h>

/* Once, first: clocks, counter, the line to the outside. */
void port_start(void);

/* The next `length` bytes from outside; 0 at the end of the data (or never, where there is no end). */
int port_read(void *to, uint32_t length);

/* `length` bytes to the outside. */
void port_write(const void *from, uint32_t length);

/* A counter that never stops; what one tick is stands in the board's or its family's TOML file. */
uint32_t port_ticks(void);

/* The end of the program. Does not return where there is an emulator to leave. */
void port_stop(void);

#endif
