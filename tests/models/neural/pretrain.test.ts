import { existsSync } from "node:fs";
import { afterEach, expect, it, vi } from "vitest";
import { ingest } from "#lib/dataset/ingest.js";
import { windowsOf } from "#lib/features/windows/build.js";
import { gatherWindows } from "#lib/features/windows/matrix.js";
import type { Classifier, FittedClassifier, Rows } from "#lib/models/contract.js";
import { definitionOf } from "#lib/models/registry.js";
import { Stepper } from "#lib/nn/training/stepper.js";
import { PARAMETERS, type TrainingGraph } from "#lib/nn/trainingGraph.js";
import { fitContext } from "../../checks/made.js";
import { onnxHash } from "../../checks/onnxForm.js";

afterEach(() => vi.restoreAllMocks());

const telemetry = "../shared/data/ton-iot-telemetry";
const length = 6;

/** Windows of four devices' readings, a few hundred of each. */
async function windows(): Promise<Rows> {
  const { table } = await ingest(
    { path: telemetry, files: null, dialect: "auto", rows: 2400 },
    { unknown: "drop", empty: "drop", background: "drop", no_column: "error" },
    42,
  );
  const names = ["fridge_temperature", "current_temperature", "fc1_read_input_register"];
  const columns = names.map((name) => table.numbers(name));
  const scale = [10, 30, 65_536];
  const data = Float32Array.from({ length: table.rows * columns.length }, (_, at) => {
    const column = at % columns.length;
    const value = columns[column][Math.floor(at / columns.length)];
    return Number.isNaN(value) ? 0 : value / scale[column];
  });
  const all = Array.from({ length: table.rows }, (_, row) => row);
  return {
    X: gatherWindows({ rows: table.rows, columns: columns.length, data }, windowsOf(table, { length }), all),
    features: Array.from({ length: length * columns.length }, (_, i) => ({ name: `x${i}`, kind: "number" })),
    y: Int32Array.from(table.strings("label"), (label) => (label === "benign" ? 0 : 1)),
    classes: ["benign", "attack"],
    window: length,
  };
}

/** The parameters of a graph, which the loop keeps as one vector. */
function byName({ layout }: TrainingGraph, all: Float32Array): ReadonlyMap<string, Float32Array> {
  return new Map(layout.map(({ name, at, size }) => [name, all.slice(at, at + size)]));
}

function fit(train: Rows, params: object, workers = 1): Promise<FittedClassifier> {
  const { params: schema, create } = definitionOf("transformer");
  const chosen = { width: 16, heads: 2, layers: 1, feed_forward: 16, batch: 128, epochs: 2, ...params };
  return (create(schema.parse(chosen)) as Classifier).fit(train, fitContext(workers));
}

it.skipIf(!existsSync(telemetry)).each(["last", "token"])(
  "a transformer with head: %s goes on from what it learned of hidden readings",
  async (head) => {
    const train = await windows();
    const start = vi.spyOn(Stepper, "start");
    const model = await fit(train, { head, pretrain: { epochs: 4, mask: 0.3 } });
    expect(start).toHaveBeenCalledTimes(2);
    const [[pretraining], [training, , initial]] = start.mock.calls;
    const { kept } = await start.mock.results[0].value;
    const learned = byName(pretraining, kept[PARAMETERS].data as Float32Array);
    const first = byName(training, initial.get(PARAMETERS)!);
    const own = [...first.keys()];
    expect(own.filter((name) => !learned.has(name))).toEqual(["output.weight", "output.bias"]);
    for (const name of own.slice(0, -2)) expect(first.get(name)).toEqual(learned.get(name));
    // It learned something, and the loss of hidden rows stands apart from that of classes.
    const history = model.history!;
    expect(history.map(({ epoch, pretraining }) => [epoch, pretraining])).toEqual([
      ...[1, 2, 3, 4].map((epoch) => [epoch, 1]),
      ...[5, 6].map((epoch) => [epoch, 0]),
    ]);
    const masked = history.map(({ masked_loss }) => masked_loss);
    expect(masked[3]).toBeLessThan(masked[0]);
    expect(history.map(({ train_loss }) => Number.isNaN(train_loss))).toEqual(masked.map((loss) => loss > 0));
    expect(model.summary).toMatchObject({ pretrain_epochs: 4, masked_loss: masked[3], epochs: 2 });
  },
);

it.skipIf(!existsSync(telemetry))(
  "pre-training gives the same bytes for the same seed and any workers",
  async () => {
    const train = await windows();
    const params = { pretrain: { epochs: 2 } };
    const columns = train.X.columns;
    const [one, two] = [await fit(train, params), await fit(train, params, 2)];
    expect(onnxHash(two, columns)).toBe(onnxHash(one, columns));
    expect(two.history).toEqual(one.history);
    const labels = { ...train, y: train.y.map((y) => 1 - y) };
    expect((await fit(labels, params)).summary.masked_loss).toBe(one.summary.masked_loss);
    expect(onnxHash(await fit(train, { pretrain: null }), columns)).not.toBe(onnxHash(one, columns));
    expect(onnxHash(await fit(train, { pretrain: { epochs: 2, mask: 0.5 } }), columns)).not.toBe(
      onnxHash(one, columns),
    );
  },
);
