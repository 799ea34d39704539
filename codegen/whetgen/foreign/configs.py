"""Configurations of Keras models, checked entry by entry before anything is constructed of them.

Every layer must be on the list of ``layers``, by the name of its class and by the module that the file gives for it.
What only matters for training is left out, and so is what would only be built to be thrown away: initialisers,
regularisers, constraints, optimisers. Activations and dtypes become plain names. Any other class is refused.
"""

from __future__ import annotations

import re

from whetgen.errors import BadInput
from whetgen.foreign.advice import not_supported, quantised
from whetgen.foreign.known_layers import ACTIVATIONS, KERAS, MODELS, ORIGINAL, OURS
from whetgen.foreign.quantisers import KNOWN, OF_LAYERS, is_no_op, parsed, quantiser
from whetgen.foreign.relatives import INPUT, PACKAGES, RELATIVES
from whetgen.foreign.staircases import NotExact
from whetgen.foreign.typed import mismatch

DEEPEST = 64
_UNUSED = ("_initializer", "_regularizer", "_constraint", "quantization_config")
_MODULE = re.compile(
    r"(keras|tf_keras|tensorflow\.(python\.)?keras)(\.(src\.)?(layers|models|ops|activations|engine)(\.[\w.]+)?)?"
)
_POLICIES = ("Policy", "DTypePolicy", "FloatDTypePolicy", "QuantizedDTypePolicy", "QuantizedFloat8DTypePolicy")
_MODEL_MODULES = {"Sequential": "keras", "Functional": "keras.src.models.functional", "Model": "keras"}
_VALUES = ("__numpy__", "__tensor__")
_TENSOR = "__keras_tensor__"
_NUMBERS = re.compile(r"(bool|u?int(8|16|32|64)|b?float16|float(32|64))")


def checked_config(entry: object, keras: int) -> dict:
    """A model's configuration as Keras ``keras`` (2 or 3) wrote it, with what is needed and known.

    Raises:
        BadInput: something in it is not on the list; the message names the layer.
    """
    model, kind = _with_class(entry, "the model")
    if not (kind in MODELS and _package(model) in ("", "keras")):
        settings = model.get("config")
        name = settings.get("name", "") if isinstance(settings, dict) else ""
        raise BadInput(
            f"model '{name}' ({kind}) is not Sequential or functional; "
            "rebuild it with keras.Sequential or keras.Model(inputs, outputs)"
        )
    return _model(model, "", keras, 0)


def class_and_package(entry: dict) -> tuple[str, str]:
    """Name of the class and who registered it: a package's name, "keras", or "" where the file does not say."""
    registered, _, kind = entry["class_name"].rpartition(">")
    return kind, registered or _package(entry)


def _package(entry: dict) -> str:
    registered, module = entry.get("registered_name"), entry.get("module")
    if isinstance(registered, str) and ">" in registered:
        return registered.split(">")[0]
    if isinstance(module, str):
        first = module.split(".")[0]
        return "keras" if _MODULE.fullmatch(module) else module if first == "keras" else first
    return ""


def _with_class(entry: object, where: str) -> tuple[dict, str]:
    """The entry of a layer or model, and the name of its class."""
    if not isinstance(entry, dict) or not isinstance(entry.get("class_name"), str):
        raise BadInput(f"{where} has no class in the configuration; save the model again")
    return entry, class_and_package(entry)[0]


def _model(entry: dict, prefix: str, keras: int, depth: int) -> dict:
    settings = entry.get("config")
    settings = {"layers": settings} if isinstance(settings, list) else settings  # Keras 2.1
    if not isinstance(settings, dict) or not isinstance(settings.get("layers"), list) or not settings["layers"]:
        raise BadInput(f"model '{prefix or entry.get('name', '')}' has no layers in its configuration; save it again")
    if depth > DEEPEST:
        raise BadInput(f"model '{prefix}' is nested more than {DEEPEST} deep")
    inside = f"{prefix}/" if prefix else ""
    kept = {key: _setting(value, prefix) for key, value in settings.items() if key not in ("layers", "dtype")}
    kept["layers"] = [_entry(layer, inside, keras, depth) for layer in settings["layers"]]
    return {**_frame(entry, _MODEL_MODULES[class_and_package(entry)[0]]), "config": kept}


def _entry(entry: object, inside: str, keras: int, depth: int) -> dict:
    layer, kind = _with_class(entry, f"a layer of '{inside[:-1]}'" if inside else "a layer")
    path = f"{inside}{_name(layer)}"
    if kind in MODELS and _package(layer) in ("", "keras"):
        return _model(layer, path, keras, depth + 1)
    return _layer(_as_activation(layer) if keras < 3 else layer, path, keras)


def _as_activation(entry: dict) -> dict:
    """One of Larq's quantisers that stands as a layer is an Activation."""
    (kind, package), settings = class_and_package(entry), entry.get("config")
    if kind not in KNOWN or package.lower() != "larq" or not isinstance(settings, dict):
        return entry
    own = {key: settings[key] for key in OF_LAYERS if key in settings}
    made = {**own, "activation": {"class_name": kind, "config": settings}}
    return {**entry, "class_name": "Activation", "module": "keras.layers", "registered_name": None, "config": made}


def _layer(entry: dict, path: str, keras: int) -> dict:
    """A layer that is no model.

    Raises:
        BadInput: not on the list.
    """
    kind, package = class_and_package(entry)
    layer = f"layer '{path}' ({kind})"
    if not _is_listed(kind, package, keras):
        raise BadInput(f"{layer} {not_supported(kind, package)}")
    settings = entry.get("config")
    if not isinstance(settings, dict):
        raise BadInput(f"{layer} has no settings in the configuration; save the model again")
    kept = {k: _layer_setting(k, v, path, kind, keras) for k, v in settings.items() if not k.endswith(_UNUSED)}
    is_operation = keras == 3 and kind != "InputLayer" and "trainable" not in settings
    return {**_frame(entry, "keras.src.ops.numpy" if is_operation else "keras.layers"), "config": kept}


def _is_listed(kind: str, package: str, keras: int) -> bool:
    if package == "whetgen":
        return kind in OURS
    if keras < 3 and kind in ORIGINAL:
        return True  # ports give it any module
    if keras < 3 and kind in RELATIVES:
        return package in PACKAGES
    return package in ("", "keras") and kind in KERAS


def _frame(entry: dict, module: str) -> dict:
    """What stands around a layer's settings: its class, its name and its calls.

    Keras 3 writes no modules into HDF5: a class is one of ``whetgen``, or the one of its name in ``module``.
    """
    kind, package = class_and_package(entry)
    kept = {
        "class_name": kind,
        "module": entry.get("module") or module,
        "registered_name": entry.get("registered_name"),
    }
    if package == "whetgen":
        kept |= {"module": "whetgen.sharpen", "registered_name": f"whetgen>{kind}"}
    if "name" in entry:
        kept["name"] = entry["name"]
    if "inbound_nodes" in entry:
        kept["inbound_nodes"] = _call_argument(entry["inbound_nodes"], _name(entry), 0)
    return kept


def _name(entry: dict) -> str:
    settings = entry.get("config")
    name = settings.get("name") if isinstance(settings, dict) else None
    return str(name or entry.get("name") or "")


def _layer_setting(key: str, value: object, path: str, kind: str, keras: int) -> object:
    if key == "dtype":
        return _dtype(value, path, kind)
    if key == "activation":
        return _activation(value, path, kind, keras)
    if kind in RELATIVES:
        return _of_relative(key, value, path, kind)
    return _setting(value, path)


def _of_relative(key: str, value: object, path: str, kind: str) -> object:
    """A setting of a layer of QKeras, Larq or BinaryNet."""
    if key == "H" and (mismatch(value, float) or value == 0):
        raise BadInput(f"layer '{path}' ({kind}) has the H {str(value)[:60]}; use a number other than 0")
    if key == "pad_values" and value != 0:
        raise BadInput(f"layer '{path}' ({kind}) pads with {str(value)[:60]}; use pad_values=0")
    if not key.endswith("_quantizer"):
        return _setting(value, path)
    if value is None or is_no_op(value):
        return None
    if key not in RELATIVES[kind].settings:
        raise BadInput(f"layer '{path}' ({kind}) has a {key}, which is not supported; leave it None")
    if (found := parsed(value)) is None:
        name = value.get("class_name") if isinstance(value, dict) else value
        raise BadInput(
            f"layer '{path}' ({kind}) has the quantiser '{str(name)[:60]}', which is not known; use one of {', '.join(KNOWN)}"
        )
    return _quantiser(*found, path, kind, key == INPUT)


def _quantiser(name: str, settings: dict, path: str, kind: str, of_tensors: bool) -> dict:
    """A quantiser that is known, its settings checked. ``of_tensors``: it stands in front of a layer, or behind it."""
    kept = {key: _setting(value, path) for key, value in settings.items()}
    try:
        made = quantiser(name, kept)
    except NotExact as error:
        raise BadInput(f"layer '{path}' ({kind}) {error}") from error
    if of_tensors and made.staircase is None:
        raise BadInput(f"layer '{path}' ({kind}) {made.why_not}")
    return {"quantiser": name, "settings": kept}


def _setting(value: object, path: str, depth: int = 0) -> object:
    """Plain numbers, texts, lists and dictionaries; an array becomes its list."""
    if depth > DEEPEST:
        raise BadInput(f"layer '{path}' has a setting that is nested more than {DEEPEST} deep")
    if isinstance(value, list):
        return [_setting(v, path, depth + 1) for v in value]
    if not isinstance(value, dict):
        return value
    if value.get("class_name") in _VALUES:
        return _setting(_array(value, path)["value"], path, depth + 1)
    if "class_name" in value:
        raise BadInput(f"layer '{path}' has a {value['class_name']} among its settings, which is not supported")
    return {key: _setting(v, path, depth + 1) for key, v in value.items()}


def _array(value: dict, path: str) -> dict:
    config = value.get("config")
    if not isinstance(config, dict) or not _NUMBERS.fullmatch(str(config.get("dtype"))) or "value" not in config:
        raise BadInput(f"layer '{path}' has an array among its settings that is not of numbers")
    return config


def _dtype(value: object, path: str, kind: str) -> object:
    """A dtype or the name of a policy."""
    if isinstance(value, dict):
        config = value.get("config")
        if value.get("class_name") not in _POLICIES or not isinstance(config, dict):
            raise BadInput(f"layer '{path}' ({kind}) has a dtype that is not Keras' own")
        if "quantization_mode" in config or "mode" in config:
            raise BadInput(f"layer '{path}' ({kind}) {quantised(config.get('mode') or config['quantization_mode'])}")
        value = config.get("name")
    if isinstance(value, str) and "_from_" in value:
        raise BadInput(f"layer '{path}' ({kind}) {quantised(value.split('_from_')[0])}")
    return value


def _activation(value: object, path: str, kind: str, keras: int) -> object:
    """None, the name of a function of Keras, or a layer of the list."""
    if value is None:
        return None
    if keras < 3 and (found := parsed(value)):
        return _quantiser(*found, path, kind, of_tensors=True)
    if isinstance(value, dict) and value.get("class_name") not in ("function", None):
        return _layer(value, path, keras)
    name = value if isinstance(value, str) else _function_name(value)
    if name not in ACTIVATIONS:
        raise BadInput(
            f"layer '{path}' ({kind}) has an activation of its own, '{name}'; use SpikingBReLU or SpikingSigmoid"
        )
    return name


def _function_name(value: object) -> str:
    if not isinstance(value, dict):
        return str(value)
    return (
        str(value.get("config")) if _package(value) in ("", "keras", "builtins") else str(value.get("registered_name"))
    )


def _call_argument(value: object, path: str, depth: int) -> object:
    """What a layer is called with: tensors of the model and plain values."""
    if depth > DEEPEST:
        raise BadInput(f"layer '{path}' is called with a value that is nested more than {DEEPEST} deep")
    if isinstance(value, list):
        return [_call_argument(v, path, depth + 1) for v in value]
    if not isinstance(value, dict):
        return value
    kind = value.get("class_name")
    if kind in _VALUES:
        return {"class_name": kind, "config": _array(value, path)}
    if kind not in (None, _TENSOR):
        raise BadInput(f"layer '{path}' is called with a {kind}, which is not supported")
    return {key: _call_argument(v, path, depth + 1) for key, v in value.items()}
