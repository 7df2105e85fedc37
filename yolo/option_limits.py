"""Upper limits of settings: the most that the libraries below can hold, or more than anyone needs."""

SEED = 2**32 - 1  # largest seed of NumPy's legacy generators, which `keras.utils.set_random_seed` seeds
SIDE = 32_736  # height or width of the network's input: OpenCV's warpAffine takes less than 32,768, in multiples of 32
AREA = 2**26  # pixels of the input, 8192 x 8192: the first feature maps of one picture then take some 3 GB
BATCH = 65_536
WORKERS = 1024
EPOCHS = 10**6
STEPS = 10**9
ROUNDS = 10**6
TRAININGS = 1000
MINUTES = 10**6
DETECTIONS = 10**6
CLASSES = 10**5  # the heads then have 100 million weights
PICTURES = 10**7
SECONDS = 10**7  # four months; every system's clock can wait that long
ANCHOR = 10**6  # width or height in pixels
