"""pipelines/mnist-distill-full.yaml in Keras. Arguments: folder of MNIST, epochs of teacher, student and student alone, file for the accuracies."""
import gzip
import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
import keras
import numpy as np

BATCH = 64
layers = keras.layers


def main(folder, teacher_epochs, student_epochs, alone_epochs, out):
    keras.utils.set_random_seed(42)
    x, y = images(folder, "train")
    test, labels = images(folder, "t10k")
    teacher = compiled(teacher_layers())
    teacher.fit(x, y, batch_size=BATCH, epochs=int(teacher_epochs), verbose=0)
    soft = keras.ops.convert_to_numpy(keras.ops.softmax(teacher.predict(x, batch_size=256, verbose=0)))
    student = compiled(student_layers(), keras.losses.CategoricalCrossentropy(from_logits=True))
    student.fit(x, soft, batch_size=BATCH, epochs=int(student_epochs), verbose=0)
    # One training for both budgets, as the pipeline has it: it goes on from the baseline.
    alone = compiled(student_layers())
    alone.fit(x, y, batch_size=BATCH, epochs=int(student_epochs), verbose=0)
    accuracies = {
        "teacher": accuracy(teacher, test, labels),
        "student": accuracy(student, test, labels),
        "baseline": accuracy(alone, test, labels),
    }
    if more := int(alone_epochs) - int(student_epochs):
        alone.fit(x, y, batch_size=BATCH, epochs=more, verbose=0)
    accuracies["student-alone"] = accuracy(alone, test, labels)
    with open(out, "w", encoding="utf8") as file:
        json.dump(accuracies, file)


def compiled(model_layers, loss=None):
    model = keras.Sequential([layers.Input((28, 28, 1)), *model_layers])
    model.compile("adam", loss or keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def teacher_layers():
    convolutions = [
        layer
        for filters in (32, 64, 64)
        for layer in (layers.Conv2D(filters, 3, padding="same", activation="relu"), layers.MaxPooling2D())
    ]
    return [*convolutions, layers.Flatten(), layers.Dense(10)]


def student_layers():
    return [layers.Flatten(), layers.Dense(512, activation="sigmoid"), layers.Dense(10)]


def images(folder, name):
    def unpacked(file, skip):
        with gzip.open(os.path.join(folder, file)) as packed:
            return np.frombuffer(packed.read(), "uint8", offset=skip)

    pixels = unpacked(f"{name}-images-idx3-ubyte.gz", 16).reshape(-1, 28, 28, 1)
    # Raw pixels, as in the recipe.
    return pixels.astype("float32"), unpacked(f"{name}-labels-idx1-ubyte.gz", 8).astype("int32")


def accuracy(model, x, labels):
    return float((model.predict(x, batch_size=256, verbose=0).argmax(1) == labels).mean())


main(*sys.argv[1:])
