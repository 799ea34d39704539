/* Start-up of every Cortex-M: vectors, memory, SysTick as the counter, the semihosting trap. */
#include "port.h"
#include "semihosting.h"

#define SYSTICK ((volatile uint32_t *)0xE000E010u) /* control, reload, current */
#define SYSTICK_TOP 0x00FFFFFFu

extern uint32_t stack_top, data_start, data_end, data_load, bss_start, bss_end;
extern int main(void);

void reset(void);
void reset(void)
{
    const uint32_t *from = &data_load;
    for (uint32_t *to = &data_start; to != &data_end;) {
        *to++ = *from++;
    }
    for (uint32_t *to = &bss_start; to != &bss_end;) {
        *to++ = 0;
    }
#ifdef __ARM_FP
    *(volatile uint32_t *)0xE000ED88u |= 0xFu << 20; /* access to the floating-point unit */
#endif
    (void)main();
    for (;;) {
    }
}

static void stop(void)
{
    for (;;) {
    }
}

/* The stack, reset, and the exceptions that a program without interrupts can meet. */
__attribute__((section(".vectors"), used)) static const void *const vectors[16] = {
    &stack_top, (const void *)reset, (const void *)stop, (const void *)stop,
    (const void *)stop, (const void *)stop, (const void *)stop, 0,
    0, 0, 0, (const void *)stop, (const void *)stop, 0, (const void *)stop, (const void *)stop,
};

/* SysTick has 24 bits and counts down; an inference MUST take less than 2^24 ticks. */
void port_start(void)
{
    SYSTICK[1] = SYSTICK_TOP;
    SYSTICK[2] = 0;
    SYSTICK[0] = 5u;
}

uint32_t port_ticks(void)
{
    static uint32_t total, last = SYSTICK_TOP;
    const uint32_t now = SYSTICK[2];
    total += (last - now) & SYSTICK_TOP;
    last = now;
    return total;
}

__attribute__((naked)) uintptr_t semihosting_call(uintptr_t operation, uintptr_t argument)
{
    (void)operation;
    (void)argument;
    __asm__ volatile("bkpt 0xab\n\tbx lr");
}
