import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { parseJson } from "../base/json.js";

/** One line of runs/evaluations.jsonl: a model was measured on some data. */
export interface EvaluationEntry {
  /** contentHash of the rows. */
  readonly data: string;
  readonly rows: number;
  /** SHA-256 of model.onnx, and the threshold. */
  readonly model: string;
  readonly threshold: number;
  readonly name: string;
}

/** How often the same rows were looked at on this machine, this time included. */
export interface EvaluationCount {
  readonly times: number;
  /** Distinct models and thresholds among them. */
  readonly models: number;
}

/**
 * Write an evaluation down and count those of the same rows. The file is local (not tracked), one JSON object a line, without
 * times of day.
 * @throws FormatError when a line is no JSON
 */
export function recordEvaluation(path: string, entry: EvaluationEntry): EvaluationCount {
  mkdirSync(dirname(path), { recursive: true });
  appendFileSync(path, `${JSON.stringify(entry)}\n`);
  const entries = readEntries(path).filter(({ data }) => data === entry.data);
  return {
    times: entries.length,
    models: new Set(entries.map(({ model, threshold }) => `${model} ${threshold}`)).size,
  };
}

function readEntries(path: string): EvaluationEntry[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line, i) =>
      parseJson<EvaluationEntry>(
        line,
        `${path}, line ${i + 1}`,
        "Remove the line; it only counts evaluations.",
      ),
    );
}
