/* Runs a generated network on frames from stdin; used by whetgen verify on the host, not part of a folder.
 * Build with -DNET=NAME and -include NAME.h. Writes sizeof(output element) and the output's length as two uint32_t,
 * then the outputs of each frame in the machine's byte order. With -DPREDICTED=N the class that NAME_predict and
 * NAME_predict_r, in turns, tell of each follows as an int32_t, -1 behind the first N frames.
 * The tables of a hardened network are checked at start, and in each of the first CHECKED frames.
 * The frame and the arena are allocated to the byte, the arena at an odd address, for the sanitizers.
 */
#include <stdio.h>
#include <stdlib.h>

#define GLUE_EXPANDED(a, b) a##_##b
#define GLUE(a, b) GLUE_EXPANDED(a, b)
#define OF_NET(word) GLUE(NET, word)
#define CHECKED 32

int main(void)
{
    static OF_NET(output_t) output[OF_NET(OUTPUT_LEN)];
    const uint32_t layout[2] = {(uint32_t)sizeof output[0], OF_NET(OUTPUT_LEN)};
    unsigned char *input = malloc(OF_NET(INPUT_BYTES));
    unsigned char *memory = malloc(OF_NET(ARENA_BYTES) + 1);

    if (!input || !memory || fwrite(layout, sizeof layout, 1, stdout) != 1) {
        return 1;
    }
#if OF_NET(TABLES)
    if (OF_NET(check)()) {
        fprintf(stderr, "table %d of %d has flipped bits\n", OF_NET(check)(), OF_NET(TABLES));
        return 1;
    }
#endif
    for (unsigned long frame = 0; fread(input, OF_NET(INPUT_BYTES), 1, stdin) == 1; frame++) {
        if (frame & 1u) {
            OF_NET(infer)((const OF_NET(input_t) *)(const void *)input, output);
        } else {
            OF_NET(infer_r)(memory + 1, (const OF_NET(input_t) *)(const void *)input, output);
        }
#if OF_NET(TABLES)
        if (frame < CHECKED) {
            const OF_NET(input_t) *const codes = (const OF_NET(input_t) *)(const void *)input;
            const int told = (frame & 1u) ? OF_NET(infer_checked)(codes, output)
                                          : OF_NET(infer_checked_r)(memory + 1, codes, output);
            if (told) {
                fprintf(stderr, "frame %lu: infer_checked says %d\n", frame, told);
                return 1;
            }
        }
#endif
        if (fwrite(output, sizeof output, 1, stdout) != 1) {
            return 1;
        }
#ifdef PREDICTED
        int32_t class = -1;
        if (frame < PREDICTED) {
            const OF_NET(input_t) *const codes = (const OF_NET(input_t) *)(const void *)input;
            class = (int32_t)((frame & 1u) ? OF_NET(predict)(codes) : OF_NET(predict_r)(memory + 1, codes));
        }
        if (fwrite(&class, sizeof class, 1, stdout) != 1) {
            return 1;
        }
#endif
    }
    free(memory);
    free(input);
    return 0;
}
