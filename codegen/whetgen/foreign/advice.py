"""What to do instead of a layer that whetgen does not take, by the name of its class."""

from __future__ import annotations

_SPIKE = "use SpikingBReLU, sharpened to 1.0"
_NORM = "use BatchNormalization, whose statistics are constants"
_FLAT = "use its 2-D form, with the third axis among the channels"
_CODES = "feed one-hot codes into a Dense layer"
_AUGMENT = "augment the data before training instead"
_SEQUENCE = "use Conv1D layers"
_CONSTANT = "put the constant into a Rescaling layer, or into weights and biases"
_MIX = "use Add or Concatenate followed by a sharpened layer"
_POOL = "use a pooling layer"
_SHAPE = "use Reshape, Permute, Cropping or Concatenate layers"
_INSTEAD = {
    _SPIKE: "ReLU LeakyReLU PReLU ELU GELU Swish Relu Relu6 LeakyRelu Elu Selu Gelu Silu Softplus Softsign Tanh "
    "HardSigmoid HardTanh Sign Greater GreaterEqual Round",
    _NORM: "LayerNormalization GroupNormalization UnitNormalization RMSNormalization SpectralNormalization Normalize",
    _FLAT: "Conv3D Conv3DTranspose MaxPooling3D AveragePooling3D GlobalMaxPooling3D GlobalAveragePooling3D "
    "ZeroPadding3D Cropping3D UpSampling3D",
    _CODES: "Embedding CategoryEncoding Hashing StringLookup IntegerLookup TextVectorization Discretization",
    _AUGMENT: "RandomFlip RandomRotation RandomZoom RandomTranslation RandomCrop RandomContrast RandomBrightness "
    "RandomShear RandomErasing CutMix MixUp RandAugment AugMix",
    _SEQUENCE: "LSTM GRU SimpleRNN RNN Bidirectional ConvLSTM1D ConvLSTM2D Attention AdditiveAttention "
    "MultiHeadAttention GroupQueryAttention CuDNNLSTM CuDNNGRU",
    _CONSTANT: "Power Mod FloorDivide",
    _MIX: "Dot Matmul Einsum Where Square Abs Exp Sqrt Log",
    _POOL: "Mean Sum Max Min Amax Amin Any All AdaptiveAveragePooling2D AdaptiveMaxPooling2D",
    _SHAPE: "GetItem Transpose Squeeze ExpandDims Stack Split Tile Repeat Pad Flip Roll RepeatVector CenterCrop",
    "use UpSampling1D followed by Conv1D": "Conv1DTranspose",
    "use UpSampling2D followed by Conv2D": "Conv2DTranspose",
    "use Concatenate followed by MaxPooling, or Add followed by SpikingBReLU": "Maximum Minimum",
    "use SpikingSigmoid, sharpened to 1.0, or at the end Activation('sigmoid')": "Sigmoid LogSigmoid",
    "use layers, whose meaning is known": "Lambda TorchModuleWrapper TFSMLayer JaxLayer FlaxLayer TFOpLambda "
    "TensorFlowOpLayer",
    "use Conv1D, or a Dense layer, which works along the last axis anyway": "TimeDistributed EinsumDense",
    "give frames of one length": "Masking",
    "resize the frames before they reach the network, or use UpSampling2D": "Resizing Resize",
}
INSTEAD = {kind: advice for advice, kinds in _INSTEAD.items() for kind in kinds.split()}
_ELSEWHERE = "docs/reference/layers-and-operators.md lists the layers that are"

_OTHERS = {
    "QKeras": "QDense QActivation QAdaptiveActivation QConv1D QConv2D QConv2DTranspose QDepthwiseConv2D "
    "QSeparableConv1D QSeparableConv2D QMobileNetSeparableConv2D QBatchNormalization QConv2DBatchnorm "
    "QDepthwiseConv2DBatchnorm QDenseBatchnorm QAveragePooling2D QGlobalAveragePooling2D QSimpleRNN QLSTM QGRU",
    "Larq": "QuantDense QuantConv1D QuantConv2D QuantConv3D QuantDepthwiseConv2D QuantSeparableConv1D "
    "QuantSeparableConv2D QuantConv2DTranspose QuantConv3DTranspose QuantLocallyConnected1D QuantLocallyConnected2D",
    "BinaryNet": "BinaryDense BinaryConv2D TernaryDense TernaryConv2D XnorDense XnorConv2D DropoutNoScale",
    "HGQ": "HQuantize HDense HConv1D HConv2D HActivation HAdd HDenseBatchNorm HConv1DBatchNorm HConv2DBatchNorm "
    "Signature PReshape PFlatten PPermute PConcatenate PMaxPooling1D PMaxPooling2D PAveragePooling1D "
    "PAveragePooling2D QEinsumDense QEinsumDenseBatchnorm QUnaryFunctionLUT QAdd QSum QSoftmax QMultiHeadAttention",
    "the original Whetstone": "Spiking_BRelu Spiking_Sigmoid Softmax_Decode",
}
_OTHER_OF_KIND = {kind: other for other, kinds in _OTHERS.items() for kind in kinds.split()}
_OTHER_OF_MODULE = {"qkeras": "QKeras", "larq": "Larq", "hgq": "HGQ", "HGQ": "HGQ", "binary_layers": "BinaryNet"}
_TRAIN_OURS = (
    "build the network of Keras' layers with SpikingBReLU and sharpen it (whetgen.sharpen); "
    "--weight-bits narrows its weights"
)
_USE_OURS = "in a file of Keras 3 use SpikingBReLU, SpikingSigmoid and SoftmaxDecode of whetgen.sharpen"


def instead_of(kind: str) -> str:
    """What to use in place of Keras' own layer ``kind``."""
    return INSTEAD.get(kind, _ELSEWHERE)


def not_supported(kind: str, package: str) -> str:
    """The end of the sentence "layer 'x' (kind) ..." for a class of ``package``, the first name of its module."""
    if package in ("", "keras") and kind not in _OTHER_OF_KIND:
        return f"is not supported; {instead_of(kind)}"
    other = _OTHER_OF_MODULE.get(package, _OTHER_OF_KIND.get(kind))
    if other is None:
        return (
            f"is a class of '{package}', and no code is run that a file names; "
            "load the model in Python and give it to whetgen.trace"
        )
    advice = _USE_OURS if kind in _OTHERS["the original Whetstone"].split() else _TRAIN_OURS
    return f"is a layer of {other}; {advice}"


def quantised(mode: str) -> str:
    """The same for a layer whose weights Keras has quantised."""
    return f"is quantised ('{mode}'); save the model before quantize(), and narrow with --weight-bits"
