"""The network, as a Keras model."""

import keras  # noqa: F401  before any module of the network, as the end of this import registers the whole network
