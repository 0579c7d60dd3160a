"""Which statuses an error class of the vectors may come back as, and what every error must carry."""
from numcodecs_c import ContractError

PLAUSIBLE = {
    "unknown_codec": {"UNKNOWN_CODEC", "CONFIG"},
    "bad_config": {"CONFIG", "UNSUPPORTED", "DTYPE"},
    "unsupported_dtype": {"DTYPE", "UNSUPPORTED", "CONFIG"},
    "unsupported_feature": {"UNSUPPORTED", "DATA", "CONFIG"},
    "unsupported_size": {"SHAPE", "UNSUPPORTED", "DATA"},
    "bad_size": {"SHAPE", "DATA", "DTYPE", "UNSUPPORTED"},
    "not_contiguous": {"SHAPE", "UNSUPPORTED"},
    "overflow": {"DATA", "CONFIG", "DTYPE", "UNSUPPORTED"},
    "corrupt": {"DATA", "CHECKSUM", "LIMIT", "MEMORY", "SHAPE", "DTYPE", "UNSUPPORTED"},
    "checksum_mismatch": {"CHECKSUM"},
    "out_too_small": {"SPACE", "SHAPE", "DTYPE"},
    "out_size_mismatch": {"SPACE", "SHAPE", "DTYPE"},
}


def check_error(error, category, codec_id):
    """The status fits the cause; the message is printable and not empty; the codec is named."""
    if error.name not in PLAUSIBLE[category]:
        raise ContractError(f"status {error.name} for a case of class {category}: {error.message}")
    check_fields(error, codec_id)


def check_fields(error, codec_id):
    if not error.message or not error.message.isprintable() or not error.path.isprintable():
        raise ContractError(f"message is empty or not printable: {error.message!r} path {error.path!r}")
    if codec_id is not None and error.codec != codec_id:
        raise ContractError(f"codec {codec_id} is not named: codec {error.codec!r}, message {error.message!r}")
