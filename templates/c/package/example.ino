/* {{ plan.name }}: reads one frame after the other from the serial port, {{ plan.input_bytes | counted("byte") }} each,
 * and prints {% if plan.predicts %}its class{% else %}the outputs{% endif %} and the microseconds that it took. */
#include <{{ plan.name }}.h>

static {{ plan.name }}_input_t input[{{ plan.name }}_INPUT_BYTES / sizeof({{ plan.name }}_input_t)];
{% if not plan.predicts %}
static {{ plan.name }}_output_t output[{{ plan.name }}_OUTPUT_LEN];
{% endif %}

void setup()
{
    Serial.begin(115200);
    Serial.setTimeout(60000);
{% if plan.hardened %}
    while ({{ plan.name }}_check()) {
        Serial.println("the tables of the network have flipped bits");
        delay(1000);
    }
{% endif %}
}

void loop()
{
    if (Serial.readBytes(reinterpret_cast<char *>(input), {{ plan.name }}_INPUT_BYTES) < {{ plan.name }}_INPUT_BYTES) {
        return;
    }
    const unsigned long before = micros();
{% if plan.predicts %}
    const int class_number = {{ plan.name }}_predict(input);
    const unsigned long took = micros() - before;
    Serial.print({{ plan.name ~ "_class_name(class_number)" if plan.class_names else "class_number" }});
{% else %}
    {{ plan.name }}_infer(input, output);
    const unsigned long took = micros() - before;
    for (unsigned n = 0; n < {{ plan.name }}_OUTPUT_LEN; n++) {
        Serial.print(static_cast<long>(output[n]));
        Serial.print(' ');
    }
{% endif %}
    Serial.print(" in ");
    Serial.print(took);
    Serial.println(" us");
}
