/* ATmega with a UART at 1 Mbaud (16 MHz) and timer 1 as the counter of clock cycles. */
#include "port.h"

#include <avr/interrupt.h>
#include <avr/io.h>

static volatile uint16_t overflows;

ISR(TIMER1_OVF_vect)
{
    overflows++;
}

void port_start(void)
{
    UBRR0 = 0;
    UCSR0A = (uint8_t)(1u << U2X0);
    UCSR0B = (uint8_t)(1u << RXEN0 | 1u << TXEN0);
    UBRR0 = 1; /* 16 MHz / (8 (1 + 1)) */
    TCCR1A = 0;
    TCCR1B = (uint8_t)(1u << CS10);
    TIMSK1 = (uint8_t)(1u << TOIE1);
    sei();
}

int port_read(void *to, uint32_t length)
{
    for (uint8_t *byte = (uint8_t *)to; length; length--) {
        while (!(UCSR0A & 1u << RXC0)) {
        }
        *byte++ = UDR0;
    }
    return 1;
}

void port_write(const void *from, uint32_t length)
{
    for (const uint8_t *byte = (const uint8_t *)from; length; length--) {
        while (!(UCSR0A & 1u << UDRE0)) {
        }
        UDR0 = *byte++;
    }
}

uint32_t port_ticks(void)
{
    const uint8_t status = SREG;
    cli();
    uint16_t low = TCNT1, high = overflows;
    if (TIFR1 & 1u << TOV1 && low < 0x8000u) {
        high++; /* the timer has turned over, its interrupt not run yet */
    }
    SREG = status;
    return (uint32_t)high << 16 | low;
}

void port_stop(void)
{
    for (;;) {
    }
}
