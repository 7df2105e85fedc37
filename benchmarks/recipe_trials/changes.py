"""Changes of a training that are no setting: each is a function that replaces a part of the program in this process."""

from functools import partial

from benchmarks.recipe_trials.replacement import replace


def use_two_sigma_sizes() -> None:
    """Decode sizes as `two_sigma_sizes` says."""
    from benchmarks.recipe_trials.two_sigma_sizes import with_two_sigma_sizes
    from yolo.nets import decode

    replace(decode, "_decode_map", with_two_sigma_sizes)


def compute_batch_norm_anew() -> None:
    """Compute the statistics of batch norm anew after the last epoch, as `precise_batch_norm` says."""
    from benchmarks.recipe_trials.precise_batch_norm import then_compute_statistics
    from yolo.training import engine

    replace(engine, "train_phase", then_compute_statistics)


def use_lion() -> None:
    """Take Lion for AdamW: Chen et al. 2023, https://arxiv.org/abs/2302.06675."""
    import keras

    from yolo.training.optimizer import OPTIMIZERS

    OPTIMIZERS["adamw"] = partial(keras.optimizers.Lion, beta_1=0.9, beta_2=0.99)


def use_muon() -> None:
    """Take Muon for convolution kernels, see `convolution_muon`."""
    from benchmarks.recipe_trials.convolution_muon import ConvolutionMuon
    from yolo.training.optimizer import OPTIMIZERS

    OPTIMIZERS["adamw"] = ConvolutionMuon
