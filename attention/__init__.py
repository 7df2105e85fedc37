"""Attention blocks for any Keras model with channels-last feature maps, chosen by number, name or class."""

from attention.cbam import CBAM
from attention.coordinate import CoordinateAttention
from attention.eca import ECA
from attention.identity import Identity
from attention.insert import insert
from attention.registry import available, create, register
from attention.se import SE
from attention.spec import importable

__all__ = [
    "CBAM",
    "ECA",
    "SE",
    "CoordinateAttention",
    "Identity",
    "available",
    "create",
    "importable",
    "insert",
    "register",
]
