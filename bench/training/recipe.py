"""A process of its own: the two models as the recipe trains them, model.fit. Arguments: folder, model, jit_compile.

Prints what worker.ts' Report says.
"""
import json
import os
import resource
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
import keras
import numpy as np
import tensorflow as tf

BATCH = 64
layers = keras.layers


def main(folder, name, jit):
    keras.utils.set_random_seed(1)
    model = {"teacher": teacher, "student": student}[name]()
    jit_compile = {"auto": "auto", "true": True, "false": False}[jit]
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, jit_compile=jit_compile)
    x, y = images(folder, "train")
    test, labels = images(folder, "test")
    # As many steps of warming as ours has; a fit that ends early would leave the last step uncompiled.
    model.fit(x[: BATCH * 10], y[: BATCH * 10], batch_size=BATCH, verbose=0)
    trained, _ = spend(lambda: model.fit(x, y, batch_size=BATCH, verbose=0))
    model.predict(test, batch_size=BATCH, verbose=0)
    predicted, logits = spend(lambda: model.predict(test, batch_size=BATCH, verbose=0))
    about = f"Keras {keras.__version__} on TensorFlow {tf.__version__}, jit_compile={jit_compile!r}"
    if jit == "auto":
        about += f", which Keras resolves to {model.jit_compile!r}"
    accuracy = float((logits.argmax(1) == labels).mean())
    print(json.dumps({"train": trained, "predict": predicted, "accuracy": accuracy, "peak": peak(), "about": about}))


def teacher():
    convolutions = [
        layer
        for filters in (32, 64, 64)
        for layer in (layers.Conv2D(filters, 3, padding="same", activation="relu"), layers.MaxPooling2D())
    ]
    return keras.Sequential([layers.Input((28, 28, 1)), *convolutions, layers.Flatten(), layers.Dense(10)])


def student():
    dense = [layers.Dense(512, activation="sigmoid"), layers.Dense(10)]
    return keras.Sequential([layers.Input((28, 28, 1)), layers.Flatten(), *dense])


def images(folder, name):
    pixels = np.fromfile(os.path.join(folder, f"{name}.pixels"), "uint8").reshape(-1, 28, 28, 1)
    labels = np.fromfile(os.path.join(folder, f"{name}.labels"), "uint8")
    return pixels.astype("float32") / 255, labels.astype("int32")


def spend(work):
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}, result


def peak():
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 1024)


main(*sys.argv[1:])
