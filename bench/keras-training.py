"""The two models of bench/training.ts in Keras, as the recipe trains them: model.fit, batch 64. Run as

    python3 -m venv /tmp/keras && /tmp/keras/bin/pip install tensorflow-cpu==2.21.0
    /tmp/keras/bin/python bench/keras-training.py

Prints samples per second of wall-clock time and of this process' own CPU time.
"""
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
import keras
import numpy as np

BATCH = 64
STEPS = 200
layers = keras.layers


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


def measure(name, work):
    work()
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    samples = BATCH * STEPS
    print(f"{name:18} {samples / wall:6.0f} samples/s {samples / cpu:8.0f} per CPU second")


x = np.random.default_rng(1).random((BATCH * STEPS, 28, 28, 1), dtype="float32")
y = np.arange(BATCH * STEPS) % 10
for name, model in (("teacher", teacher()), ("student", student())):
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    measure(f"{name}, train", lambda: model.fit(x, y, batch_size=BATCH, verbose=0))
    measure(f"{name}, predict", lambda: model.predict(x, batch_size=BATCH, verbose=0))
