import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { DataError, messageOf, ParamsError, SchemaError } from "../../base/errors.js";
import { hashBytes } from "../../base/hash.js";
import type { OnnxBuilder, Value } from "../../onnx/builder.js";
import { emitForeign, type ForeignModel, readForeign } from "../../onnx/foreign.js";
import type { Classifier, FitContext, FittedClassifier, ModelDefinition, Rows } from "../contract.js";
import { projectFileFault } from "../projectFile.js";
import { syncRunner } from "./sync.js";

const params = z.strictObject({
  path: z
    .string()
    .min(1)
    .describe("the .onnx file, below the project's root and not in artifacts/, which the graph writes"),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, "64 hex digits")
    .nullable()
    .default(null)
    .describe("SHA-256 of the file: another one is refused; null takes what is there"),
  output: z
    .enum(["probabilities", "logits"])
    .default("probabilities")
    .describe("what its output is; logits get a softmax, of a single column a sigmoid"),
  classes: z
    .array(z.string())
    .min(2)
    .nullable()
    .default(null)
    .describe("classes of its output's columns, in their order; null: benign, then the others by name"),
});
type ImportedParams = z.infer<typeof params>;

/** A classifier that another program trained, evaluated as the kit's own are. */
export const definition: ModelDefinition<ImportedParams> = {
  type: "onnx",
  kind: "classifier",
  family: "neural",
  title: "A trained model as an ONNX file (PyTorch: torch.onnx.export)",
  source: "https://onnx.ai/onnx/intro/concepts.html; https://docs.pytorch.org/docs/stable/onnx.html",
  limits:
    "Learns nothing: it must take the columns of its view, in their order. What it was trained on is not known here: if test rows " +
    "were among it, its metrics flatter it. Opset 17 and later, one file, one float32 input [n, d] and output; in no ensemble.",
  view: "scaled",
  pretrained: true,
  params,
  problems: (entry) =>
    ["resample", "select", "search"].flatMap((key) =>
      (entry as Readonly<Record<string, unknown>>)[key] === undefined
        ? []
        : [{ path: [key], message: "onnx is trained already: there is nothing to learn or to choose" }],
    ),
  create: (chosen): Classifier => ({
    kind: "classifier",
    fit: (train, context) => bringIn(chosen, train, context),
  }),
};

/** Rows that the file is tried on before it is taken. */
const TRIED = 256;
/** How far the sum of a row's probabilities may be from 1. */
const SUM = 1e-3;

/**
 * Nothing is fitted: the file is read, checked against the columns and classes, and tried on training rows.
 * @throws ParamsError, DataError, FormatError, SchemaError
 */
async function bringIn(
  chosen: ImportedParams,
  train: Rows,
  { path = resolve, log }: FitContext,
): Promise<FittedClassifier> {
  const { X, classes } = train;
  const { bytes, sha256 } = readPinned(chosen, path);
  if (chosen.sha256 === null) log(`onnx: ${chosen.path} has the SHA-256 ${sha256}; sha256 pins it`);
  const file = readForeign(bytes, chosen.path);
  checkInput(file, X.columns);
  const order = columnOrder(chosen, classes);
  const columns = outputColumns(file, chosen.path, classes);
  const emit = (onnx: OnnxBuilder, input: Value): Value => {
    const out = emitForeign(file, onnx, input);
    const probabilities = columns === 1 ? emitTwo(chosen, onnx, out) : emitAll(chosen, onnx, out, columns);
    if (order.every((from, c) => from === c)) return probabilities;
    return onnx.node("Gather", [probabilities, onnx.tensor("int64", [order.length], order)], {
      axis: { int: 1 },
    });
  };
  const run = syncRunner({ model: "onnx", columns: X.columns, width: classes.length, emit });
  tryOut(run, train, chosen);
  return {
    kind: "classifier",
    classes,
    summary: { file: chosen.path, file_sha256: sha256, opset: file.opset },
    predictProba: (rows) => ({ rows: rows.rows, columns: classes.length, data: run(rows) }),
    emit,
  };
}

function readPinned(
  { path: relative, sha256: pinned }: ImportedParams,
  path: (relative: string) => string,
): { readonly bytes: Uint8Array; readonly sha256: string } {
  const fault = projectFileFault(relative);
  if (fault !== undefined) {
    throw new ParamsError(
      `onnx: path: "${relative}" is ${fault}. Copy the file to a folder of your own below the project's root (models/…), and name that.`,
    );
  }
  if (!existsSync(path(relative)))
    throw new DataError(`onnx: ${relative} is not there. Export the model to it, or correct path.`);
  const bytes = readFileSync(path(relative));
  const sha256 = hashBytes(bytes);
  if (pinned !== null && sha256 !== pinned) {
    throw new ParamsError(
      `onnx: ${relative} has the SHA-256 ${sha256}, pinned is ${pinned}. ` +
        "It is another model than the one that was meant: restore that one, or pin this one.",
    );
  }
  return { bytes, sha256 };
}

/** float [n, columns], n free. */
function checkInput({ file, input }: ForeignModel, columns: number): void {
  const { name, shape } = input;
  if (shape === null) return;
  const [rows, width] = shape;
  if (shape.length !== 2 || (typeof width === "number" && width !== columns)) {
    throw new SchemaError(
      `onnx: ${file} takes "${name}" [${shape.join(", ")}], the view gives [n, ${columns}]. ` +
        "Name the view, the profile and the window that the model was trained on.",
    );
  }
  if (typeof rows === "number") {
    throw new SchemaError(
      `onnx: ${file} takes ${rows} rows at a time, any number is expected. Export it with dynamic rows: ` +
        'torch.onnx.export(…, dynamic_shapes=({0: torch.export.Dim("n")},)).',
    );
  }
}

/** Columns of its output: one a class, or 1 for the second of two. */
function outputColumns({ output }: ForeignModel, file: string, classes: readonly string[]): number {
  const { name, shape } = output;
  const width = shape === null || shape.length > 2 ? undefined : shape.length === 1 ? 1 : shape[1];
  if (width === classes.length || (width === 1 && classes.length === 2)) return width;
  throw new SchemaError(
    `onnx: ${file} gives "${name}" ${shape === null ? "of no stated shape" : `[${shape.join(", ")}]`}, expected is ` +
      `[n, ${classes.length}]${classes.length === 2 ? " or [n, 1]" : ""} for ${classes.join(", ")}. ` +
      "Export a model of these classes, or change task.target.",
  );
}

/** For each class of the task its column in the file. */
function columnOrder({ classes: listed }: ImportedParams, classes: readonly string[]): readonly number[] {
  const own = listed ?? classes;
  if (own.length === classes.length && classes.every((name) => own.includes(name)))
    return classes.map((name) => own.indexOf(name));
  throw new SchemaError(
    `onnx: classes: [${own.join(", ")}], the training rows hold [${classes.join(", ")}]. ` +
      "List the same ones in the order of the file's columns, or change task.target.",
  );
}

/** [n] or [n, 1] of the second class -> float [n, 2]. */
function emitTwo({ output }: ImportedParams, onnx: OnnxBuilder, out: Value): Value {
  const column = onnx.withShape(onnx.node("Reshape", [out, onnx.tensor("int64", [2], [-1, 1])]), [1]);
  const second = output === "logits" ? onnx.node("Sigmoid", [column]) : column;
  const first = onnx.node("Sub", [onnx.tensor("float", [1], [1]), second]);
  return onnx.node("Concat", [first, second], { axis: { int: 1 } });
}

function emitAll({ output }: ImportedParams, onnx: OnnxBuilder, out: Value, columns: number): Value {
  onnx.withShape(out, [columns]);
  return output === "logits" ? onnx.node("Softmax", [out], { axis: { int: 1 } }) : out;
}

/** @throws SchemaError when ONNX Runtime refuses the file, or what it gives for training rows are no probabilities */
function tryOut(
  run: (X: Rows["X"]) => Float32Array,
  { X, classes: { length: k } }: Rows,
  chosen: ImportedParams,
): void {
  const rows = Math.min(TRIED, X.rows);
  let out: Float32Array;
  try {
    out = run({ ...X, rows, data: X.data.subarray(0, rows * X.columns) });
  } catch (cause) {
    throw new SchemaError(
      `onnx: ${chosen.path} cannot be run on ${rows} × ${X.columns} training values ` +
        `(${messageOf(cause).split("\n")[0]}). Export the model again.`,
      { cause },
    );
  }
  for (let i = 0; i < rows; i++) {
    const row = Array.from(out.subarray(i * k, (i + 1) * k));
    const sum = row.reduce((total, each) => total + each, 0);
    if (row.every((each) => each >= 0 && each <= 1) && Math.abs(sum - 1) <= SUM) continue;
    throw new SchemaError(
      `onnx: ${chosen.path} gives [${row.map((each) => Number(each.toPrecision(4))).join(", ")}] for training row ${i}, ` +
        `no probabilities. ` +
        (chosen.output === "logits" ? "Export the model again." : "If they are logits, say output: logits."),
    );
  }
}
