/* Runs a generated network on frames from outside: the same program on every board, emulated or real.
 * Build with -DNET=NAME and -include NAME.h; with -DWHETGEN_EMPTY instead of these, an image without a
 * network, to subtract from the size of one with it.
 * A hardened network whose tables have flipped bits gives outputs of 0 only. -DTIMED=infer_checked times that.
 * Writes for each frame the ticks that the inference took, with -DPROFILE_LAYERS=N and profile.h those of each
 * of its N kernel calls, and the outputs, all in the machine's byte order. */
#include "port.h"

#ifdef WHETGEN_EMPTY

int main(void)
{
    uint32_t byte = 0;

    port_start();
    while (port_read(&byte, 1u)) {
        byte += port_ticks();
        port_write(&byte, 1u);
    }
    port_stop();
    return 0;
}

#else

#define GLUE_EXPANDED(a, b) a##_##b
#define GLUE(a, b) GLUE_EXPANDED(a, b)
#define OF_NET(word) GLUE(NET, word)
#ifndef TIMED
#define TIMED infer
#endif
#if OF_NET(TABLES)
#define SOUND() (OF_NET(check)() == 0)
#else
#define SOUND() 1
#endif

static OF_NET(input_t) input[OF_NET(INPUT_BYTES) / sizeof(OF_NET(input_t))];
static OF_NET(output_t) output[OF_NET(OUTPUT_LEN)];

#ifdef PROFILE_LAYERS
uint32_t profile_ticks[PROFILE_LAYERS];

static void write_layers(uint32_t before)
{
    for (uint32_t k = 0; k < PROFILE_LAYERS; k++) {
        const uint32_t ticks = profile_ticks[k] - before;
        before = profile_ticks[k];
        port_write(&ticks, sizeof ticks);
    }
}
#endif

int main(void)
{
    port_start();
    const int sound = SOUND();
    while (port_read(input, OF_NET(INPUT_BYTES))) {
        const uint32_t before = port_ticks();
        if (sound) {
            OF_NET(TIMED)(input, output);
        }
        const uint32_t ticks = port_ticks() - before;
        port_write(&ticks, sizeof ticks);
#ifdef PROFILE_LAYERS
        write_layers(before);
#endif
        port_write(output, sizeof output);
    }
    port_stop();
    return 0;
}

#endif
