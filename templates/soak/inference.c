/* Runs a generated network for long and compares every result, for whetgen bench soak.
 *
 *     program INPUTS RESULTS POOL FRAMES SEED
 *
 * INPUTS and RESULTS hold POOL frames each, as the network reads and writes them. Inferences run in random order of the
 * pool, in turns in the static arena and in one of our own that ends at a page that nobody may touch, with a canary in
 * front; the result has a canary on both sides. Build with -DNET=NAME and -include NAME.h.
 * Prints a JSON object a line, the last one with "done" 1: counts so far, and the memory of the process. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define GLUE_EXPANDED(a, b) a##_##b
#define GLUE(a, b) GLUE_EXPANDED(a, b)
#define OF_NET(word) GLUE(NET, word)

#define CANARY 64
#define RESULT (sizeof(OF_NET(output_t)) * OF_NET(OUTPUT_LEN))

static struct {
    uint8_t before[CANARY];
    OF_NET(output_t) values[OF_NET(OUTPUT_LEN)];
    uint8_t behind[CANARY];
} output;

static uint8_t *load(const char *path, size_t bytes)
{
    uint8_t *data = malloc(bytes);
    FILE *file = fopen(path, "rb");
    if (!data || !file || fread(data, 1, bytes, file) != bytes) {
        perror(path);
        exit(2);
    }
    fclose(file);
    return data;
}

/* Room for so many bytes that ends at a forbidden page, with a canary in front. */
static uint8_t *guarded(size_t bytes)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE), room = (bytes + CANARY + page - 1u) / page * page;
    uint8_t *memory = mmap(NULL, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED || mprotect(memory + room, page, PROT_NONE)) {
        perror("mmap");
        exit(2);
    }
    memset(memory, 0xA5, room);
    return memory + room - bytes;
}

static int lives(const uint8_t *canary)
{
    for (int k = 0; k < CANARY; k++) {
        if (canary[k] != 0xA5u) {
            return 0;
        }
    }
    return 1;
}

static long resident_kilobytes(void)
{
    long pages = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file) {
        return 0;
    }
    if (fscanf(file, "%ld %ld", &pages, &resident) != 2) {
        resident = 0;
    }
    fclose(file);
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        fprintf(stderr, "usage: %s INPUTS RESULTS POOL FRAMES SEED\n", argv[0]);
        return 2;
    }
    const unsigned long pool = strtoul(argv[3], NULL, 10), frames = strtoul(argv[4], NULL, 10), each = frames / 100u + 1u;
    const uint8_t *inputs = load(argv[1], pool * OF_NET(INPUT_BYTES)), *results = load(argv[2], pool * RESULT);
    uint8_t *arena = guarded(OF_NET(ARENA_BYTES)), *input = guarded(OF_NET(INPUT_BYTES));
    uint64_t state = strtoul(argv[5], NULL, 10) * 2u + 1u;
    unsigned long mismatches = 0, spoilt = 0;

    memset(output.before, 0xA5, CANARY);
    memset(output.behind, 0xA5, CANARY);
    for (unsigned long frame = 1; frame <= frames; frame++) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        const unsigned long number = (unsigned long)(state >> 33) % pool;
        memcpy(input, inputs + number * OF_NET(INPUT_BYTES), OF_NET(INPUT_BYTES));
        if (frame & 1u) {
            OF_NET(infer)((const OF_NET(input_t) *)(const void *)input, output.values);
        } else {
            OF_NET(infer_r)(arena, (const OF_NET(input_t) *)(const void *)input, output.values);
        }
        mismatches += memcmp(output.values, results + number * RESULT, RESULT) != 0;
        spoilt += !lives(arena - CANARY) || !lives(input - CANARY) || !lives(output.before) || !lives(output.behind);
        if (frame % each == 0u || frame == frames) {
            printf("{\"frames\": %lu, \"mismatches\": %lu, \"spoilt\": %lu, \"memory_kb\": %ld, \"done\": %d}\n",
                   frame, mismatches, spoilt, resident_kilobytes(), frame == frames);
            fflush(stdout);
        }
    }
    return 0;
}
