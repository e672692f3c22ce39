import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EngineError } from "../../base/errors.js";
import { catboost, catboostPython } from "../catalog/catboost.js";
import { trustedFolder } from "../trust.js";
import type { LabelledNumbers } from "./booster.js";

export interface CatboostTask {
  readonly train: LabelledNumbers;
  readonly validation?: LabelledNumbers;
  /** CatBoost's own names. */
  readonly params: Readonly<Record<string, string | number | readonly number[]>>;
  readonly trees: number;
  readonly earlyStopping: number | null;
}

export interface CatboostResult {
  /** Its own ONNX export, ZipMap and all. */
  readonly onnx: Uint8Array;
  readonly rounds: number;
  readonly roundsKept: number;
  /** By round; empty without validation rows. */
  readonly validationLosses: readonly number[];
  /** Where the margins start, one an output. */
  readonly bias: readonly number[];
}

/** Reads task.json of its folder; leaves model.onnx and result.json there. */
const script = `
import json, sys
import numpy as np
from catboost import CatBoostClassifier, CatBoostError, Pool

folder = sys.argv[1]
task = json.load(open(f"{folder}/task.json"))

def pool(name):
    if name not in task["parts"]:
        return None
    columns, weighted = task["parts"][name]["columns"], task["parts"][name]["weighted"]
    read = lambda what: np.fromfile(f"{folder}/{name}.{what}", dtype=np.float32)
    return Pool(read("data").reshape(-1, columns), read("labels").astype(np.int32), weight=read("weights") if weighted else None)

try:
    train, valid = pool("train"), pool("validation")
    model = CatBoostClassifier(
        iterations=task["trees"], logging_level="Silent", allow_writing_files=False,
        use_best_model=valid is not None and task["patience"] is not None, **task["params"])
    model.fit(train, eval_set=valid, early_stopping_rounds=task["patience"] if valid is not None else None)
    losses = [] if valid is None else list(model.get_evals_result()["validation"].values())[0]
    scale, bias = model.get_scale_and_bias()
    if scale != 1:
        raise CatBoostError(f"its margins are scaled by {scale}")
    model.save_model(f"{folder}/model.onnx", format="onnx")
    result = {"rounds": len(losses) or model.tree_count_, "kept": model.tree_count_, "losses": losses, "bias": np.atleast_1d(bias).tolist()}
except CatBoostError as error:
    result = {"error": str(error)}
json.dump(result, open(f"{folder}/result.json", "w"))
`;

/**
 * Train CatBoost by its Python package, in a process of its own; the rows go through files in a temporary folder.
 * @throws EngineError when the engine is not added or not what it was, or with CatBoost's own words when it refuses
 * Source: https://catboost.ai/docs/en/concepts/python-reference_catboostclassifier
 */
export async function trainCatboost(task: CatboostTask): Promise<CatboostResult> {
  const python = join(await trustedFolder(catboost), catboostPython);
  const folder = mkdtempSync(join(tmpdir(), "nidslab-catboost-"));
  const discard = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", discard);
  try {
    writeTask(folder, task);
    await run(python, folder);
    const result = JSON.parse(readFileSync(join(folder, "result.json"), "utf8")) as Result;
    if ("error" in result) throw new EngineError(`catboost: ${lastLine(result.error)}`);
    return {
      onnx: new Uint8Array(readFileSync(join(folder, "model.onnx"))),
      rounds: result.rounds,
      roundsKept: result.kept,
      validationLosses: result.losses,
      bias: result.bias,
    };
  } finally {
    process.removeListener("exit", discard);
    discard();
  }
}

type Result =
  | { readonly error: string }
  | {
      readonly rounds: number;
      readonly kept: number;
      readonly losses: readonly number[];
      readonly bias: readonly number[];
    };

function writeTask(folder: string, { train, validation, params, trees, earlyStopping }: CatboostTask): void {
  const parts: Record<string, { columns: number; weighted: boolean }> = {};
  for (const [name, part] of Object.entries({ train, validation })) {
    if (part === undefined) continue;
    parts[name] = { columns: part.columns, weighted: part.weights !== undefined };
    const { data, labels, weights } = part;
    for (const [what, values] of Object.entries({ data, labels, weights })) {
      if (values === undefined) continue;
      writeFileSync(
        join(folder, `${name}.${what}`),
        new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
      );
    }
  }
  writeFileSync(join(folder, "task.json"), JSON.stringify({ parts, params, trees, patience: earlyStopping }));
}

/** Until the process ends; it ends with this one. */
function run(python: string, folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(python, ["-I", "-c", script, folder], { stdio: ["ignore", "ignore", "pipe"] });
    const end = (): void => void child.kill();
    process.once("exit", end);
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (piece: string) => {
      said += piece;
    });
    child.on("error", (cause) => {
      process.removeListener("exit", end);
      reject(new EngineError(`catboost: its Python does not start (${cause.message}).`, { cause }));
    });
    child.on("close", (code, signal) => {
      process.removeListener("exit", end);
      if (code === 0) resolve();
      else reject(new EngineError(`catboost: its Python ended with ${signal ?? code}: ${lastLine(said)}`));
    });
  });
}

/** The last line, without the place in CatBoost's sources that stands before it. */
function lastLine(text: string): string {
  const line = text.trim().split("\n").at(-1) ?? "";
  return line.replace(/^\S*catboost\/\S+?:\d+: /, "") || "no reason given";
}
