/* Sensor readings become input codes, codes a class: a wrist, two acceleration sensors of three axes.
 *
 * The network takes six codes of int8, each acceleration * 64 in g (the header of a generated network says what a code
 * means). The converter has 12 bits: 2048 is 0 g, 1024 steps are 1 g. Build and run:
 *
 *     whetgen motion.keras --target c --out motion --input-type int8 --input-scale 64 --classes names.txt
 *     cc -std=c99 -Imotion/include examples/sensors.c motion/src/[a-z]*.c -o sensors
 *     echo "2048 2048 3072 1500 2048 2900" | ./sensors
 *
 * Standard input stands for the converter: six readings a frame. On a board read_frame asks its driver instead.
 */
#include <stdio.h>

#include "motion.h"

#define ZERO_STEPS   2048u /* the reading at 0 g */
#define STEPS_PER_G  1024u
#define CODES_PER_G  64u   /* of the header: "means q / 64" */
#define LEAST_CODE   (-128)
#define MOST_CODE    127

/* The nearest code, halves upwards, kept in the range of the type: whole numbers only, no float. */
static motion_input_t code_of(uint32_t reading)
{
    const int32_t zero = (int32_t)(ZERO_STEPS * CODES_PER_G / STEPS_PER_G);
    const int32_t code = (int32_t)((reading * CODES_PER_G + STEPS_PER_G / 2) / STEPS_PER_G) - zero;

    return (motion_input_t)(code < LEAST_CODE ? LEAST_CODE : code > MOST_CODE ? MOST_CODE : code);
}

static int read_frame(uint32_t readings[motion_INPUT_LEN])
{
    for (int n = 0; n < motion_INPUT_LEN; n++) {
        unsigned int reading;

        if (scanf("%u", &reading) != 1) {
            return 0;
        }
        readings[n] = reading;
    }
    return 1;
}

int main(void)
{
    uint32_t readings[motion_INPUT_LEN];
    motion_input_t codes[motion_INPUT_LEN];

    while (read_frame(readings)) {
        for (int n = 0; n < motion_INPUT_LEN; n++) {
            codes[n] = code_of(readings[n]);
        }
        printf("%s\n", motion_class_name(motion_predict(codes)));
    }
    return 0;
}
