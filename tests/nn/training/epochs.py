"""Trains a transformer from given first values, in a given order, with given masks of dropout: the losses of each epoch."""

import json
import math
import os
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../../bench/peers"))
from architectures import places  # noqa: E402

torch.set_num_threads(1)
given = json.load(sys.stdin)
masks = iter(())


def array(values):
    return np.array(values["values"], dtype=np.float32).reshape(values["shape"])


def tensor(values):
    return torch.from_numpy(array(values))


def dropout(x, p=0.5, training=True, inplace=False):
    return x * next(masks).reshape(x.shape) if training else x


def attention(query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False):
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    return dropout(torch.softmax(scores + attn_mask, -1), training=dropout_p > 0) @ value


# PyTorch's own layers, but for where they draw.
functional.dropout = dropout
functional.scaled_dot_product_attention = attention


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        _, steps, columns = given["train"]["x"]["shape"]
        width = given["width"]
        first = given["norm"] == "first"
        layer = dict(batch_first=True, norm_first=first, dropout=given["dropout"])
        self.input = nn.Linear(columns, width)
        self.positions = nn.Parameter(torch.zeros(steps, width))
        self.block0 = nn.TransformerEncoderLayer(width, given["heads"], given["feed_forward"], **layer)
        self.block1 = nn.TransformerEncoderLayer(width, given["heads"], given["feed_forward"], **layer)
        if first:
            self.norm = nn.LayerNorm(width)
        self.output = nn.Linear(width, 2)

    def forward(self, x):
        absent = x[:, :, -1] == 0
        h = self.input(x) + self.positions
        for block in (self.block0, self.block1):
            h = block(h, src_key_padding_mask=absent)
        return self.output(self.norm(h[:, -1]) if hasattr(self, "norm") else h[:, -1])


model = Transformer()
found = places(model)
found["positions.weight"] = ([model.positions], lambda a: [a], None)
assert sorted(found) == sorted(given["parameters"]), (sorted(found), sorted(given["parameters"]))
with torch.no_grad():
    for name, (parameters, there, _) in found.items():
        for parameter, values in zip(parameters, there(array(given["parameters"][name]))):
            parameter.copy_(torch.from_numpy(np.ascontiguousarray(values)))

x, y = tensor(given["train"]["x"]), torch.tensor(given["train"]["y"])
optimizer = torch.optim.Adam(model.parameters(), given["learning_rate"])
epochs = []
for batches in given["epochs"]:
    model.train()
    total = 0.0
    for batch in batches:
        rows, masks = batch["rows"], iter([tensor(mask) for mask in batch["masks"]])
        optimizer.zero_grad()
        loss = functional.cross_entropy(model(x[rows]), y[rows])
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), given["clip"])
        optimizer.step()
        total += loss.item() * len(rows)
    model.eval()
    with torch.no_grad():
        said = model(tensor(given["validation"]["x"]))
        validation = functional.cross_entropy(said, torch.tensor(given["validation"]["y"])).item()
    epochs.append({"train_loss": total / len(y), "validation_loss": validation})
json.dump(epochs, sys.stdout)
