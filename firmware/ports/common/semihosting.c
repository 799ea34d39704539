/* port_read from input.bin and port_write to output.bin in the emulator's working folder. */
#include "semihosting.h"

#include "port.h"

enum { OPEN = 0x01, WRITE = 0x05, READ = 0x06, EXIT = 0x18 };
enum { READ_BINARY = 1, WRITE_BINARY = 5 };
#define APPLICATION_EXIT 0x20026u

static uintptr_t in, out;

static uintptr_t open_file(const char *name, uintptr_t length, uintptr_t mode)
{
    const uintptr_t block[3] = {(uintptr_t)name, mode, length};
    return semihosting_call(OPEN, (uintptr_t)block);
}

static void open_files(void)
{
    if (!in) {
        in = open_file("input.bin", 9u, READ_BINARY);
        out = open_file("output.bin", 10u, WRITE_BINARY);
    }
}

int port_read(void *to, uint32_t length)
{
    open_files();
    const uintptr_t block[3] = {in, (uintptr_t)to, length};
    return semihosting_call(READ, (uintptr_t)block) == 0u; /* the bytes that are missing */
}

void port_write(const void *from, uint32_t length)
{
    open_files();
    const uintptr_t block[3] = {out, (uintptr_t)from, length};
    (void)semihosting_call(WRITE, (uintptr_t)block);
}

void port_stop(void)
{
    (void)semihosting_call(EXIT, APPLICATION_EXIT);
}
