/* Runs a generated network with flipped bits; used by whetgen verify --faults on the host, not part of a folder.
 * Build with -DNET=NAME, -include NAME.h and a copy of NAME.c whose tables are no constants, is followed by their list
 * (fault_tables) and calls fault_after_layer behind each layer.
 *
 *     program            prints a line for each table: name, bytes
 *     program FRAMES     reads FRAMES frames and then faults from stdin
 *
 * A fault is the number of its flips and, for each, five uint32_t: table (NOWHERE: the arena), byte, bit, frame, layer. A bit of
 * a table is flipped before the first frame, one of the arena in that frame, when that layer (from 0) is done. Each fault
 * runs in a process of its own, for ten times what the frames take without a fault and a twentieth of a second. Writes sizeof(output element) and the output's length as uint32_t, then for each fault three
 * int32_t: how it ended (0, or the signal, SIGVTALRM after too long), what NAME_check told of it (0 where there is none) and the
 * frames that were done; then the outputs of all frames.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "faults.h"

#define GLUE_EXPANDED(a, b) a##_##b
#define GLUE(a, b) GLUE_EXPANDED(a, b)
#define OF_NET(word) GLUE(NET, word)
#define NOWHERE 0xffffffffu

struct flip {
    uint32_t table, byte, bit, frame, layer;
};

struct report {
    int32_t ended, check, done;
};

static unsigned char *arena;
static struct flip *flips;
static uint32_t flip_count;
static uint32_t current;

void fault_after_layer(unsigned layer)
{
    for (uint32_t k = 0; k < flip_count; k++) {
        if (flips[k].table == NOWHERE && flips[k].frame == current && flips[k].layer == layer) {
            arena[flips[k].byte] ^= (unsigned char)(1u << flips[k].bit);
        }
    }
}

static void *shared(size_t bytes)
{
    void *const memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED) {
        perror("mmap");
        exit(1);
    }
    return memory;
}

static void infer_all(const unsigned char *frames, uint32_t count, struct report *report, OF_NET(output_t) *outputs)
{
    for (uint32_t k = 0; k < flip_count; k++) {
        if (flips[k].table != NOWHERE) {
            fault_tables[flips[k].table].start[flips[k].byte] ^= (unsigned char)(1u << flips[k].bit);
        }
    }
#ifdef CHECKED
    report->check = OF_NET(check)();
#endif
    for (current = 0; current < count; current++) {
        const void *const input = frames + (size_t)current * OF_NET(INPUT_BYTES);
        OF_NET(infer_r)(arena, (const OF_NET(input_t) *)input, outputs + (size_t)current * OF_NET(OUTPUT_LEN));
        report->done++;
    }
}

/* A machine with many processes may have none left for a moment. */
static pid_t forked(void)
{
    for (int attempt = 0; attempt < 600; attempt++) {
        const pid_t child = fork();
        if (child >= 0) {
            return child;
        }
        usleep(100000);
    }
    perror("fork");
    exit(1);
}

/* limit: of processor time, none where it is zero. */
static void run_fault(const unsigned char *frames, uint32_t count, struct timeval limit, struct report *report, OF_NET(output_t) *outputs)
{
    const struct itimerval timer = {{0, 0}, limit};
    int status;
    const pid_t child = forked();

    if (child == 0) {
        setitimer(ITIMER_VIRTUAL, &timer, NULL);
        infer_all(frames, count, report, outputs);
        _exit(0);
    }
    waitpid(child, &status, 0);
    report->ended = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/* From how long the frames take without a fault. */
static struct timeval time_limit(const unsigned char *frames, uint32_t count, struct report *report, OF_NET(output_t) *outputs)
{
    struct rusage used;
    struct timeval limit = {0, 0};

    run_fault(frames, count, limit, report, outputs);
    getrusage(RUSAGE_CHILDREN, &used);
    limit.tv_sec = used.ru_utime.tv_sec * 10 + used.ru_utime.tv_usec / 100000;
    limit.tv_usec = 50000 + used.ru_utime.tv_usec % 100000;
    return limit;
}

static int print_tables(void)
{
    for (uint32_t k = 0; k < fault_table_count; k++) {
        printf("%s %lu\n", fault_tables[k].name, (unsigned long)fault_tables[k].bytes);
    }
    return 0;
}

int main(int argc, char **argv)
{
    const uint32_t layout[2] = {(uint32_t)sizeof(OF_NET(output_t)), OF_NET(OUTPUT_LEN)};
    const struct rlimit no_core = {0, 0};

    setrlimit(RLIMIT_CORE, &no_core);
    if (argc == 1) {
        return print_tables();
    }
    const uint32_t count = (uint32_t)atol(argv[1]);
    const size_t bytes = (size_t)count * OF_NET(OUTPUT_LEN) * sizeof(OF_NET(output_t));
    unsigned char *const frames = malloc((size_t)count * OF_NET(INPUT_BYTES));
    struct report *const report = shared(sizeof *report);
    OF_NET(output_t) *const outputs = shared(bytes);

    arena = malloc(OF_NET(ARENA_BYTES) + 1);
    if (!frames || !arena || fread(frames, OF_NET(INPUT_BYTES), count, stdin) != count || fwrite(layout, sizeof layout, 1, stdout) != 1) {
        return 1;
    }
    memset(arena, 0, OF_NET(ARENA_BYTES) + 1);
    const struct timeval limit = time_limit(frames, count, report, outputs);
    while (fread(&flip_count, sizeof flip_count, 1, stdin) == 1) {
        flips = realloc(flips, (flip_count + 1) * sizeof *flips);
        if (!flips || fread(flips, sizeof *flips, flip_count, stdin) != flip_count) {
            return 1;
        }
        memset(report, 0, sizeof *report);
        memset(outputs, 0, bytes);
        fflush(stdout);
        run_fault(frames, count, limit, report, outputs);
        if (fwrite(report, sizeof *report, 1, stdout) != 1 || fwrite(outputs, 1, bytes, stdout) != bytes) {
            return 1;
        }
    }
    return 0;
}
