"""The networks of bench/architectures.mjs in PyTorch, and where their parameters stand there."""

import torch
from torch import nn

CHANNELS, FLAT, CLASSES = 16, 64, 5


class Mlp(nn.Module):
    def __init__(self, rate):
        super().__init__()
        self.first, self.second, self.head = nn.Linear(FLAT, 256), nn.Linear(256, 128), nn.Linear(128, CLASSES)

    def forward(self, x):
        return self.head(torch.relu(self.second(torch.relu(self.first(x)))))


class Cnn(nn.Module):
    def __init__(self, rate):
        super().__init__()
        self.first, self.second = nn.Conv1d(CHANNELS, 64, 3, padding=1), nn.Conv1d(64, 64, 3, padding=1)
        self.head = nn.Linear(64, CLASSES)

    def forward(self, x):
        x = torch.relu(self.first(x.transpose(1, 2)))
        return self.head(torch.relu(self.second(x)).mean(2))


class Gru(nn.Module):
    def __init__(self, rate):
        super().__init__()
        self.gru, self.head = nn.GRU(CHANNELS, 64, batch_first=True), nn.Linear(64, CLASSES)

    def forward(self, x):
        return self.head(self.gru(x)[0][:, -1])


class Lstm(nn.Module):
    def __init__(self, rate):
        super().__init__()
        self.lstm, self.head = nn.LSTM(CHANNELS, 64, batch_first=True), nn.Linear(64, CLASSES)

    def forward(self, x):
        return self.head(self.lstm(x)[0][:, -1])


class Transformer(nn.Module):
    def __init__(self, rate):
        super().__init__()
        setattr(self, "in", nn.Linear(CHANNELS, 64))
        settings = dict(dropout=rate, batch_first=True, norm_first=True)
        self.first = nn.TransformerEncoderLayer(64, 4, 128, **settings)
        self.second = nn.TransformerEncoderLayer(64, 4, 128, **settings)
        self.head = nn.Linear(64, CLASSES)

    def forward(self, x):
        return self.head(self.second(self.first(getattr(self, "in")(x))).mean(1))


class Mixed(nn.Module):
    def __init__(self, rate):
        super().__init__()
        self.conv, self.norm = nn.Conv1d(CHANNELS, 8, 3, stride=2, dilation=2, padding=2), nn.BatchNorm1d(8)
        self.lstm = nn.LSTM(8, 6, batch_first=True, bidirectional=True)
        self.gru = nn.GRU(12, 5, batch_first=True, bidirectional=True)
        self.head, self.last = nn.Linear(10, CLASSES), nn.Linear(10, CLASSES)

    def forward(self, x):
        x = torch.relu(self.norm(self.conv(x.transpose(1, 2))))
        x = torch.max_pool1d(x, 2, 1).transpose(1, 2)
        x, state = self.gru(self.lstm(x)[0])
        return self.head(x.amax(1)) + self.last(torch.cat([state[0], state[1]], 1))


architectures = {
    "mlp": Mlp,
    "cnn": Cnn,
    "gru": Gru,
    "lstm": Lstm,
    "transformer": Transformer,
    "mixed": Mixed,
}


def places(model):
    """Name of a parameter of ours -> (parameters of PyTorch, ours -> theirs, theirs -> ours)."""
    found = {}

    def put(name, parameters, there, back):
        found[name] = (parameters, there, back)

    def same(name, parameter):
        put(name, [parameter], lambda a: [a], lambda a: a)

    def turned(name, parameter):
        put(name, [parameter], lambda a: [a.T], lambda a: a.T)

    for name, module in model.named_modules():
        for old, new in (("self_attn", "attention"), ("linear1", "wide"), ("linear2", "narrow")):
            name = name.replace(old, new)
        if isinstance(module, nn.MultiheadAttention):
            turned(f"{name}.input", module.in_proj_weight)
            same(f"{name}.input_bias", module.in_proj_bias)
            turned(f"{name}.output", module.out_proj.weight)
            same(f"{name}.output_bias", module.out_proj.bias)
        elif isinstance(module, nn.Linear) and not name.endswith("out_proj"):
            turned(f"{name}.weight", module.weight)
            same(f"{name}.bias", module.bias)
        elif isinstance(module, nn.Conv1d):
            put(f"{name}.weight", [module.weight], lambda a: [a.transpose(0, 2, 1)], lambda a: a.transpose(0, 2, 1))
            same(f"{name}.bias", module.bias)
        elif isinstance(module, (nn.LayerNorm, nn.BatchNorm1d)):
            same(f"{name}.weight", module.weight)
            same(f"{name}.bias", module.bias)
        elif isinstance(module, (nn.LSTM, nn.GRU)):
            recurrent(put, name, module)
    return found


def recurrent(put, name, module):
    """ONNX's gates: input, output, forget, cell; update, reset, candidate. PyTorch's: input, forget, cell, output; reset, update, new."""
    import numpy as np

    lstm = isinstance(module, nn.LSTM)
    there_order, back_order = ([0, 2, 3, 1], [0, 3, 1, 2]) if lstm else ([1, 0, 2], [1, 0, 2])

    def ordered(a, order):
        parts = np.split(a, len(order), 0)
        return np.concatenate([parts[i] for i in order], 0)

    for direction, end in (("forward", ""), ("reverse", "_reverse")):
        if not hasattr(module, f"weight_ih_l0{end}"):
            continue
        for ours, theirs in (("input", "weight_ih"), ("state", "weight_hh")):
            put(
                f"{name}.{direction}.{ours}",
                [getattr(module, f"{theirs}_l0{end}")],
                lambda a: [ordered(a[0], there_order)],
                lambda a: ordered(a, back_order)[None],
            )
        put(
            f"{name}.{direction}.bias",
            [getattr(module, f"bias_ih_l0{end}"), getattr(module, f"bias_hh_l0{end}")],
            lambda a: [ordered(half, there_order) for half in np.split(a[0], 2)],
            lambda a, b: np.concatenate([ordered(a, back_order), ordered(b, back_order)])[None],
        )
