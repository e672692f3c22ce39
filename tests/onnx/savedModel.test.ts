import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DataError, FormatError } from "#lib/base/errors.js";
import { hashBytes } from "#lib/base/hash.js";
import { SavedModel } from "#lib/onnx/savedModel.js";
import { linearModel, writeModel } from "../modelFolder.js";
import { temporaryFolder } from "../temporary.js";

const folder = temporaryFolder();
const path = (name: string): string => join(folder.path, name);
const weights = [
  [0, 1, -1],
  [0, 0, 0],
];
const classes = ["benign", "dos", "scan"];
const X = { rows: 2, columns: 2, data: Float32Array.of(0, 0, 3, Number.NaN) };

describe("SavedModel", () => {
  it("scores 1 − P(benign), with the probabilities of every class", async () => {
    const model = await SavedModel.open(writeModel(path("three"), linearModel(weights), { classes }), 1);
    const { score, probabilities } = await model.score(X);
    const attack = (Math.exp(3) + Math.exp(-3)) / (1 + Math.exp(3) + Math.exp(-3));
    expect(score[0]).toBeCloseTo(2 / 3, 6);
    expect(score[1]).toBeCloseTo(attack, 6);
    expect(probabilities?.columns).toBe(3);
    expect(model.levels.proto).toEqual(["tcp", "udp"]);
    await expect(model.score({ rows: 1, columns: 3, data: new Float32Array(3) })).rejects.toThrow(
      /takes 2 columns, the rows have 3/,
    );
    await model.close();
  });

  it("opens the model of another seed, checked by its own hash", async () => {
    const other = linearModel([
      [0, 9, 9],
      [0, 0, 0],
    ]);
    const seeds = [{ seed: 43, threshold: 0.5, onnx_sha256: hashBytes(other) }];
    const where = writeModel(path("seeds"), linearModel(weights), { classes, seeds });
    mkdirSync(join(where, "seeds"));
    writeFileSync(join(where, "seeds", "43.onnx"), other);
    const model = await SavedModel.open(where, 1, 43);
    expect((await model.score(X)).score[1]).toBeCloseTo(1, 6);
    await model.close();
  });

  it("says what is missing or damaged, and loads nothing then", async () => {
    await expect(SavedModel.open(path("nowhere"), 1)).rejects.toThrow(DataError);
    await expect(SavedModel.open(path("nowhere"), 1)).rejects.toThrow(/model\.json is not there/);

    const damaged = writeModel(path("damaged"), linearModel(weights));
    writeFileSync(join(damaged, "model.onnx"), linearModel([[1, 1]]));
    await expect(SavedModel.open(damaged, 1)).rejects.toThrow(FormatError);
    await expect(SavedModel.open(damaged, 1)).rejects.toThrow(/not the file that model\.json describes/);

    const cut = writeModel(path("cut"), linearModel(weights).subarray(0, 40));
    await expect(SavedModel.open(cut, 1)).rejects.toThrow(/cannot be loaded/);

    writeFileSync(join(damaged, "model.json"), "{");
    await expect(SavedModel.open(damaged, 1)).rejects.toThrow(/model\.json is not valid JSON/);
    writeFileSync(join(damaged, "model.json"), '{"kind":"classifier","classes":[]}');
    await expect(SavedModel.open(damaged, 1)).rejects.toThrow(/has no "columns"/);
  });
});
