/* Runs an AVR image in simavr: input.bin goes to its UART, its UART to output.bin.
 *     simulate MCU BYTES IMAGE.elf
 * ends when the image has written BYTES bytes, or after two minutes of its own time without one. */
#include <simavr/avr_uart.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_elf.h>
#include <simavr/sim_irq.h>

#include <stdio.h>
#include <stdlib.h>

#define CLOCK 16000000u
#define PATIENCE (120ull * CLOCK)

static avr_t *avr;
static FILE *in, *out;
static avr_irq_t *to_uart;
static int may_send;
static unsigned long written;
static avr_cycle_count_t last_write;

static void on_byte(struct avr_irq_t *irq, uint32_t value, void *nothing)
{
    (void)irq;
    (void)nothing;
    putc((int)(value & 0xFFu), out);
    written++;
    last_write = avr->cycle;
}

static void on_room(struct avr_irq_t *irq, uint32_t value, void *nothing)
{
    (void)irq;
    (void)value;
    (void)nothing;
    may_send = 1;
}

static void on_full(struct avr_irq_t *irq, uint32_t value, void *nothing)
{
    (void)irq;
    (void)value;
    (void)nothing;
    may_send = 0;
}

static void connect_uart(void)
{
    uint32_t flags = 0;
    avr_ioctl(avr, AVR_IOCTL_UART_GET_FLAGS('0'), &flags);
    flags &= ~(uint32_t)AVR_UART_FLAG_STDIO;
    avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags);
    to_uart = avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_INPUT);
    avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUTPUT), on_byte, 0);
    avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUT_XON), on_room, 0);
    avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUT_XOFF), on_full, 0);
}

int main(int count, char **argument)
{
    elf_firmware_t image = {{0}};
    in = fopen("input.bin", "rb");
    out = fopen("output.bin", "wb");
    if (count != 4 || !in || !out || elf_read_firmware(argument[3], &image)) {
        return 2;
    }
    const unsigned long wanted = strtoul(argument[2], 0, 10);
    avr = avr_make_mcu_by_name(argument[1]);
    if (!avr) {
        return 2;
    }
    avr_init(avr);
    avr->log = LOG_NONE;
    avr_load_firmware(avr, &image);
    avr->frequency = CLOCK;
    connect_uart();
    while (written < wanted && avr->cycle < last_write + PATIENCE) {
        const int state = avr_run(avr);
        if (state == cpu_Done || state == cpu_Crashed) {
            return 1;
        }
        if (may_send) {
            const int byte = getc(in);
            may_send = 0;
            if (byte != EOF) {
                avr_raise_irq(to_uart, (uint32_t)byte);
            }
        }
    }
    return written < wanted || fclose(out);
}
