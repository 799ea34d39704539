/* {{ plan.name }} for a web page: the page writes a frame, calls infer and reads the outputs and what each layer found. */
#include "{{ plan.name }}.h"

#include <string.h>

static uint64_t input[({{ plan.name }}_INPUT_BYTES + 7) / 8];
static {{ plan.name }}_output_t output[{{ plan.name }}_OUTPUT_LEN];
static uint64_t seen[{{ seen_bytes }} / 8 + 1];

void *input_place(void)
{
    return input;
}

void *output_place(void)
{
    return output;
}

void *seen_place(void)
{
    return seen;
}

/* A layer's place in the arena is free for others later on: keep what it found. */
void watch(unsigned call, const unsigned char *arena)
{
    unsigned char *const kept = (unsigned char *)seen;

    (void)kept;
    (void)arena;
    switch (call) {
{% for tensor, place in seen %}
    case {{ tensor.call }}: /* {{ tensor.name | replace("*/", "") }} */
        memcpy(kept + {{ place }}, {{ tensor.place }}, {{ tensor.bytes }});
        break;
{% endfor %}
    default:
        break;
    }
}

/* The class, or -1 where the network tells none. */
int infer(void)
{
    const {{ plan.name }}_input_t *const frame = (const {{ plan.name }}_input_t *)(const void *)input;

    {{ plan.name }}_infer(frame, output);
{% if plan.predicts %}
    return {{ plan.name }}_predict(frame);
{% else %}
    return -1;
{% endif %}
}

void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
    for (size_t k = 0; k < bytes; k++) {
        ((unsigned char *)to)[k] = ((const unsigned char *)from)[k];
    }
    return to;
}

void *memset(void *to, int value, size_t bytes)
{
    for (size_t k = 0; k < bytes; k++) {
        ((unsigned char *)to)[k] = (unsigned char)value;
    }
    return to;
}

int memcmp(const void *a, const void *b, size_t bytes)
{
    for (size_t k = 0; k < bytes; k++) {
        const int apart = ((const unsigned char *)a)[k] - ((const unsigned char *)b)[k];
        if (apart != 0) {
            return apart;
        }
    }
    return 0;
}
