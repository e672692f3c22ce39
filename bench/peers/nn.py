"""Training steps of a network of architectures.py: NAME THREADS BATCHES. Prints wall and processor seconds."""

import sys
import time

from common import need, requests

need("torch")

import json  # noqa: E402

import torch  # noqa: E402
from architectures import CHANNELS, CLASSES, FLAT, architectures  # noqa: E402

name, threads, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
BATCH, STEPS, RATE = 256, 32, 0.1
torch.set_num_threads(threads)
model = architectures[name](RATE)
optimizer = torch.optim.Adam(model.parameters(), 1e-3)
cross_entropy = torch.nn.CrossEntropyLoss()
shape = (4, BATCH, FLAT) if name == "mlp" else (4, BATCH, STEPS, CHANNELS)
x = torch.rand(shape) * 2 - 1
y = torch.randint(0, CLASSES, (4, BATCH))


def train(batches):
    for i in range(batches):
        optimizer.zero_grad()
        cross_entropy(model(x[i % 4]), y[i % 4]).backward()
        optimizer.step()


train(3)
print(json.dumps({"settings": f"torch {torch.__version__}"}), flush=True)
for _ in requests():
    wall, processor = time.perf_counter(), time.process_time()
    train(count)
    print(time.perf_counter() - wall, time.process_time() - processor, flush=True)
