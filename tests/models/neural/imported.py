"""Train small PyTorch models on rows from standard input, export each to ONNX; print what they say of the rows."""

import json
import os
import sys

import torch

given = json.load(sys.stdin)
x = torch.tensor(given["x"], dtype=torch.float32).reshape(-1, given["columns"])
y = torch.tensor(given["y"])
torch.manual_seed(1)


class Gru(torch.nn.Module):
    def __init__(self, columns: int, classes: int) -> None:
        super().__init__()
        self.gru = torch.nn.GRU(1, 6, batch_first=True)
        self.head = torch.nn.Linear(6, classes)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        return self.head(self.gru(rows.unsqueeze(2))[0].amax(dim=1))


d, k = given["columns"], given["classes"]
layers = [torch.nn.Linear(d, 16), torch.nn.LayerNorm(16), torch.nn.GELU(), torch.nn.Linear(16, k)]
models = {
    "mlp": torch.nn.Sequential(*layers),
    "softmax": torch.nn.Sequential(torch.nn.Linear(d, k), torch.nn.Softmax(dim=1)),
    "gru": Gru(d, k),
}
said = {}
for name, model in models.items():
    steps = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(30):
        steps.zero_grad()
        out = model(x)
        loss = torch.nn.functional.nll_loss(out.clamp_min(1e-6).log() if name == "softmax" else out.log_softmax(1), y)
        loss.backward()
        steps.step()
    model.eval()
    path = os.path.join(given["folder"], f"{name}.onnx")
    rows = torch.export.Dim("rows")
    torch.onnx.export(
        *(model, (x[:8],), path),
        **dict(dynamic_shapes=({0: rows},), external_data=False, opset_version=given["opset"], verbose=False),
    )
    with torch.no_grad():
        out = model(x)
        said[name] = (out if name == "softmax" else out.softmax(1)).flatten().tolist()
print("\n" + json.dumps(said))
