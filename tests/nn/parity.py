"""Trains a network of bench/peers/architectures.py from given parameters on given batches: losses, first gradients."""

import json
import os
import sys

import numpy as np
import torch

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../bench/peers"))
from architectures import architectures, places  # noqa: E402

torch.set_num_threads(1)
given = json.load(sys.stdin)
model = architectures[given["name"]](0.0)
found = places(model)


def array(values, shape):
    return np.array(values, dtype=np.float32).reshape(shape)


assert sorted(found) == sorted(given["parameters"]), (sorted(found), sorted(given["parameters"]))
with torch.no_grad():
    for name, (parameters, there, _) in found.items():
        own = given["parameters"][name]
        for parameter, values in zip(parameters, there(array(own["values"], own["shape"]))):
            parameter.copy_(torch.from_numpy(np.ascontiguousarray(values)))

xs = torch.from_numpy(array(given["x"]["values"], given["x"]["shape"]))
ys = torch.tensor(given["classes"]).reshape(xs.shape[0], -1)
optimizer = torch.optim.Adam(model.parameters(), 1e-3)
losses, gradients = [], None
for step in range(given["steps"]):
    optimizer.zero_grad()
    loss = torch.nn.functional.cross_entropy(model(xs[step % len(xs)]), ys[step % len(xs)])
    loss.backward()
    losses.append(loss.item())
    if gradients is None:
        gradients = {
            name: back(*[each.grad.numpy() for each in parameters]).reshape(-1).tolist()
            for name, (parameters, _, back) in found.items()
        }
    optimizer.step()
json.dump({"losses": losses, "gradients": gradients}, sys.stdout)
