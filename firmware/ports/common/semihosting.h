/* Files of the host through a debugger or an emulator: the calls are the same on Arm and RISC-V. */
#ifndef SEMIHOSTING_H
#define SEMIHOSTING_H

#include <stdint.h>

/* The family's trap: `operation` with its argument (a number, or the address of a block of words). */
uintptr_t semihosting_call(uintptr_t operation, uintptr_t argument);

#endif
