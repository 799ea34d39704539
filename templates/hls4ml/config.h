struct config{{ index }} {
{% for name, value in constants.items() %}
    static const int {{ name }} = {{ value }};
{% endfor %}
{% for name, type in types.items() %}
    typedef {{ type }} {{ name }};
{% endfor %}
};
