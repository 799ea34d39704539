/* main.c with all that an inference may not touch watched: red zones around its arena and its output, and the stack below
 * the deepest point that it is told to reach. Build with -DNET=NAME, -include NAME.h and -DWATCHED_STACK=N, so many bytes.
 * Writes for each frame the bytes of stack that the inference took, 0xFFFFFFFF where it wrote into a red zone, and
 * the outputs, all in the machine's byte order. */
#include "port.h"

#define GLUE_EXPANDED(a, b) a##_##b
#define GLUE(a, b) GLUE_EXPANDED(a, b)
#define OF_NET(word) GLUE(NET, word)

#define ZONE 16
#define PAINT 0xA5u

static OF_NET(input_t) input[OF_NET(INPUT_BYTES) / sizeof(OF_NET(input_t))];
static struct {
    uint8_t before[ZONE], bytes[OF_NET(ARENA_BYTES)], behind[ZONE];
} arena;
static struct {
    OF_NET(output_t) before[ZONE / sizeof(OF_NET(output_t))], values[OF_NET(OUTPUT_LEN)], behind[ZONE / sizeof(OF_NET(output_t))];
} output;

static inline uintptr_t stack_pointer(void)
{
    uintptr_t pointer;
#if defined(__AVR__)
    __asm__ volatile("in %A0, __SP_L__\n\tin %B0, __SP_H__" : "=r"(pointer));
#elif defined(__riscv)
    __asm__ volatile("mv %0, sp" : "=r"(pointer));
#elif defined(__arm__)
    __asm__ volatile("mov %0, sp" : "=r"(pointer));
#else
#error "guarded.c: say how the stack pointer of this processor is read"
#endif
    return pointer;
}

static void paint(volatile uint8_t *bytes, uint32_t count)
{
    while (count--) {
        *bytes++ = PAINT;
    }
}

static int is_painted(const void *zone)
{
    const volatile uint8_t *bytes = (const volatile uint8_t *)zone;
    for (uint8_t k = 0; k < ZONE; k++) {
        if (bytes[k] != PAINT) {
            return 0;
        }
    }
    return 1;
}

int main(void)
{
    port_start();
    paint(arena.before, ZONE);
    paint(arena.behind, ZONE);
    paint((volatile uint8_t *)output.before, ZONE);
    paint((volatile uint8_t *)output.behind, ZONE);
    while (port_read(input, OF_NET(INPUT_BYTES))) {
        volatile uint8_t *deepest = (volatile uint8_t *)(stack_pointer() - WATCHED_STACK);
        /* No call stands in these loops, so nothing lives where they write and look. */
        for (uint32_t k = 0; k < WATCHED_STACK; k++) {
            deepest[k] = PAINT;
        }
        OF_NET(infer_r)(arena.bytes, input, output.values);
        uint32_t taken = WATCHED_STACK;
        for (; taken && *deepest == PAINT; deepest++) {
            taken--;
        }
        if (!is_painted(arena.before) || !is_painted(arena.behind) || !is_painted(output.before) || !is_painted(output.behind)) {
            taken = UINT32_MAX;
        }
        port_write(&taken, sizeof taken);
        port_write(output.values, sizeof output.values);
    }
    port_stop();
    return 0;
}
