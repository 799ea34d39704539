/* Included in front of everything else, it times each kernel call of a network. */
#ifndef PROFILE_H
#define PROFILE_H

#include "port.h"

#define PROFILE_MOST 256

extern uint32_t profile_ticks[PROFILE_MOST];

#define WG_AFTER_LAYER(number) (profile_ticks[(number) % PROFILE_MOST] = port_ticks())

#endif
