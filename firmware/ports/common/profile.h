/* Included in front of everything else, it times each kernel call of a network. */
#ifndef PROFILE_H
#define PROFILE_H

#include "port.h"

extern uint32_t profile_ticks[PROFILE_LAYERS];

#define WG_AFTER_LAYER(number) (profile_ticks[number] = port_ticks())

#endif
