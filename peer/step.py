"""Reads one step that pipelab took, and takes it again in plain Python.

    step.py CHECKPOINT METRICS

The two files are those of a step that moves no weight:

    pipelab train --optimizer sgd --lr 0 --steps 1 --save CHECKPOINT \\
        --metrics METRICS

With a learning rate of 0 the checkpoint has the weights that the step began
with. The momentum of a first step is its gradient. So both files together have
all that a step takes and all that it makes; doc/checkpoints.md names the
tensors. The examples are those of --data random, which this file draws again.

Prints by how much loss and gradients differ. Status 0 if that is rounding, 1 if
it is more, 3 if the files are not of such a step.
"""
import json
import math
import struct
import sys
from typing import NamedTuple

# Most by which a loss, or a gradient of a tensor, may differ: this times the
# loss, or times the largest gradient of the tensor. A float has 1.2e-7; the
# longest sums here have some hundred terms.
ROUNDING = 1e-5
RANDOM_DATA = 3  # enum rng_use in src/base/rng.h


class Tensor(NamedTuple):
    shape: list
    values: tuple


class Step(NamedTuple):
    layers: list  # of (weight, bias); the last one is the head
    gradients: list  # the same
    loss: float  # mean over the batch
    inputs: list  # a row for each example
    labels: list


def refuse(why):
    print(f"{sys.argv[0]}: {why}", file=sys.stderr)
    sys.exit(3)


def read_checkpoint(path):
    """Texts and tensors of a safetensors file whose tensors are all F32."""
    with open(path, "rb") as file:
        (size,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(size))
        data = file.read()
    texts = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        values = struct.unpack(f"<{(end - begin) // 4}f", data[begin:end])
        tensors[name] = Tensor(entry["shape"], values)
    return texts, tensors


def philox(counter, key):
    """Philox4x32-10: four random words of 32 bits."""
    word = 0xFFFFFFFF
    for _ in range(10):
        a = 0xD2511F53 * counter[0]
        b = 0xCD9E8D57 * counter[2]
        counter = (
            b >> 32 ^ counter[1] ^ key[0],
            b & word,
            a >> 32 ^ counter[3] ^ key[1],
            a & word,
        )
        key = (key[0] + 0x9E3779B9 & word, key[1] + 0xBB67AE85 & word)
    return counter


def random_words(seed, index):
    """The stream of example index, as src/base/rng.c numbers it."""
    key = (seed & 0xFFFFFFFF, seed >> 32)
    block = 0
    while True:
        yield from philox((block & 0xFFFFFFFF, block >> 32, index, RANDOM_DATA), key)
        block += 1


def random_example(seed, index, features, classes):
    """dataset_random() of src/data: normal values and a label."""
    words = random_words(seed, index)
    values = []
    for _ in range(features):
        first, second = ((next(words) >> 8) / 2**24 for _ in range(2))
        radius = math.sqrt(-2.0 * math.log(1.0 - first))
        values.append(radius * math.cos(2.0 * math.pi * second))
    rounded = struct.unpack(f"{features}f", struct.pack(f"{features}f", *values))
    label = next(word for word in words if word >= 2**32 % classes) % classes
    return rounded, label


def read_step(checkpoint, metrics):
    texts, tensors = read_checkpoint(checkpoint)
    wanted = {"optimizer": "sgd", "lr": "0", "step": "1", "data": "random"}
    for key, text in wanted.items():
        if texts.get(key) != text:
            refuse(
                f"{checkpoint}: {key} is {texts.get(key)}; use a step of train "
                "--optimizer sgd --lr 0 --steps 1"
            )
    with open(metrics, encoding="utf-8") as file:
        loss = json.loads(file.readline())["loss"]
    count = sum(name.startswith("layers.") for name in tensors) // 2
    names = [(f"layers.{n}.weight", f"layers.{n}.bias") for n in range(count)]
    # The batch is all of the set. The step took it in another order, which
    # changes sums over it by rounding alone.
    examples = [
        random_example(
            int(texts["seed"]), i, int(texts["inputs"]), int(texts["classes"])
        )
        for i in range(int(texts["batch"]))
    ]
    return Step(
        [tuple(tensors[name] for name in pair) for pair in names],
        [
            tuple(tensors[f"optimizer.{name}.momentum_buffer"] for name in pair)
            for pair in names
        ],
        loss,
        [values for values, _ in examples],
        [label for _, label in examples],
    )


def off(values, expected):
    """The largest difference, as a part of the largest value expected."""
    worst = max(abs(a - b) for a, b in zip(values, expected))
    return worst / (max(abs(b) for b in expected) or 1.0)


def forward(layers, values):
    """The output of each layer, from the input on; ReLU but for the head."""
    outputs = [values]
    for number, (weight, bias) in enumerate(layers):
        width = weight.shape[1]
        sums = [
            math.fsum(
                w * v
                for w, v in zip(weight.values[i * width : (i + 1) * width], outputs[-1])
            )
            + bias.values[i]
            for i in range(weight.shape[0])
        ]
        last = number == len(layers) - 1
        outputs.append(sums if last else [max(s, 0.0) for s in sums])
    return outputs


def cross_entropy(logits, label):
    """Loss of an example, and its gradient for the logits."""
    largest = max(logits)
    powers = [math.exp(logit - largest) for logit in logits]
    total = math.fsum(powers)
    gradient = [power / total for power in powers]
    gradient[label] -= 1.0
    return math.log(total) + largest - logits[label], gradient


def take(step):
    """Loss and gradients of the step, in double precision."""
    sums = [
        ([0.0] * len(weight.values), [0.0] * len(bias.values))
        for weight, bias in step.layers
    ]
    loss = 0.0
    batch = len(step.labels)
    for values, label in zip(step.inputs, step.labels):
        outputs = forward(step.layers, values)
        part, gradient = cross_entropy(outputs[-1], label)
        loss += part / batch
        gradient = [g / batch for g in gradient]
        for number in reversed(range(len(step.layers))):
            weight = step.layers[number][0].values
            inputs = outputs[number]
            width = len(inputs)
            back = [0.0] * width
            for i, g in enumerate(gradient):
                sums[number][1][i] += g
                for j in range(width):
                    sums[number][0][i * width + j] += g * inputs[j]
                    back[j] += g * weight[i * width + j]
            gradient = [b if v > 0.0 else 0.0 for b, v in zip(back, inputs)]
    return loss, sums


def main():
    if len(sys.argv) != 3:
        print(__doc__.split("\n\n")[1].strip(), file=sys.stderr)
        sys.exit(2)
    step = read_step(*sys.argv[1:])
    loss, sums = take(step)
    loss_off = off([loss], [step.loss])
    gradients_off = max(
        off(made, expected.values)
        for pair, pairs in zip(sums, step.gradients)
        for made, expected in zip(pair, pairs)
    )
    equal = max(loss_off, gradients_off) <= ROUNDING
    print(
        f"plain Python, {len(step.layers)} layers: loss off by {loss_off:.1e}, "
        f"gradients by {gradients_off:.1e}; {'equal' if equal else 'DIFFERENT'}"
    )
    sys.exit(not equal)


if __name__ == "__main__":
    main()
