struct config{{ index }} {
{% for constant in constants %}
    static const int {{ constant.name }} = {{ constant.value }};
{% endfor %}
{% for type in types %}
    typedef {{ type.word.ctype }} {{ type.name }};
{% endfor %}
};
