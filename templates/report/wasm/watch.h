/* Stands in front of every source: the network tells when each of its kernel calls is done. */
#ifndef WATCH_H
#define WATCH_H

void watch(unsigned call, const unsigned char *arena);
#define WG_AFTER_LAYER(number) watch(number, arena)

#endif
