"""Attention blocks for any Keras model with channels-last feature maps, chosen by number, name or class."""

from attention.bam import BAM
from attention.cbam import CBAM
from attention.coordinate import CoordinateAttention
from attention.eca import ECA
from attention.ese import EffectiveSE
from attention.gather_excite import GatherExcite
from attention.gating import Gating
from attention.global_context import GlobalContext
from attention.identity import Identity
from attention.insert import insert
from attention.registry import available, create, name_of, presets, register
from attention.scse import SCSE
from attention.se import SE
from attention.self_attention import MultiHeadSelfAttention
from attention.simam import SimAM
from attention.spec import importable
from attention.triple import ElementWiseAttention, ScaleWiseAttention
from attention.triple_classifier import WeightedCrossEntropy, triple_classifier
from attention.triplet import TripletAttention

__all__ = [
    "BAM",
    "CBAM",
    "ECA",
    "SCSE",
    "SE",
    "CoordinateAttention",
    "EffectiveSE",
    "ElementWiseAttention",
    "GatherExcite",
    "Gating",
    "GlobalContext",
    "Identity",
    "MultiHeadSelfAttention",
    "ScaleWiseAttention",
    "SimAM",
    "TripletAttention",
    "WeightedCrossEntropy",
    "available",
    "create",
    "importable",
    "insert",
    "name_of",
    "presets",
    "register",
    "triple_classifier",
]
