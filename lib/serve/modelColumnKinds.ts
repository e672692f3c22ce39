import type { ModelInfo } from "../onnx/savedModel.js";

/** The columns that a model takes, for reading a plain table: nothing about them is guessed. */
export function modelColumnKinds({ columns }: ModelInfo): Map<string, "number" | "category"> {
  return new Map(columns.map(({ name, type }) => [name, type === "category" ? type : "number"]));
}
