import type { OnnxModel, OnnxNode } from "./reader.js";

/**
 * Where the columns of a value come from: each from one column of the model's input (or -1: from none), or `constant`
 * (no row changes it), or `mixed` (a column depends on several input columns, or it cannot be told).
 */
export type Sources = { readonly columns: readonly number[] } | "constant" | "mixed";

/** Operators that work on each number by itself. */
const elementwise: readonly string[] = [
  ...["Abs", "Cast", "Clip", "Exp", "Floor", "Identity", "IsInf", "IsNaN", "Log", "Neg", "Not", "Sign"],
  ...["Sqrt", "Sigmoid", "Tanh", "Add", "And", "Div", "Equal", "Greater", "GreaterOrEqual", "Less"],
  ...["LessOrEqual", "Max", "Min", "Mul", "Or", "Pow", "Sub", "Sum", "Where"],
];

/**
 * Follow the columns of the input, float [n, columns], through the graph: the steps of a view and the ranks of
 * categories keep every column apart, matrix products and trees mix them.
 * @returns by the name of a value
 */
export function columnSources(model: OnnxModel, columns: number): ReadonlyMap<string, Sources> {
  const known = new Map<string, Sources>();
  known.set(model.inputs[0], { columns: Array.from({ length: columns }, (_, j) => j) });
  const sourcesOf = (value: string): Sources => known.get(value) ?? "constant";
  for (const node of model.nodes) {
    const inputs = node.inputs.filter((name) => name !== "").map(sourcesOf);
    const sources = inputs.every((each) => each === "constant") ? "constant" : through(node, inputs, model);
    for (const output of node.outputs) known.set(output, sources);
  }
  return known;
}

/** Of a node with at least one input that depends on the row. */
function through(node: OnnxNode, inputs: readonly Sources[], model: OnnxModel): Sources {
  if (node.op === "Shape") return "constant";
  if (inputs.includes("mixed")) return "mixed";
  if (elementwise.includes(node.op)) return alike(inputs);
  const axis = node.attributes.get("axis")?.int ?? 0;
  if (node.op === "Concat" && (axis === 1 || axis === -1)) {
    const parts = inputs.map((each) => (typeof each === "string" ? null : each.columns));
    return parts.includes(null) ? "mixed" : { columns: parts.flatMap((part) => part ?? []) };
  }
  return node.op === "Gather" ? gathered(node, inputs, model, axis) : "mixed";
}

/** The same columns in every input that is not constant. */
function alike(inputs: readonly Sources[]): Sources {
  const lists = inputs.flatMap((each) => (typeof each === "string" ? [] : [each.columns]));
  const [first] = lists;
  const same = lists.every((list) => list.length === first.length && list.every((c, j) => c === first[j]));
  return same ? { columns: first } : "mixed";
}

function gathered(
  node: OnnxNode,
  [data, index]: readonly Sources[],
  { constants }: OnnxModel,
  axis: number,
): Sources {
  if (typeof data !== "string" && index === "constant" && axis === 1) {
    const picked = constants.get(node.inputs[1]);
    return picked === undefined
      ? "mixed"
      : { columns: Array.from(picked.values, (j) => data.columns.at(j) ?? -1) };
  }
  // A table looked up by codes: one number a code, or a row of them for a single column of codes.
  const table = constants.get(node.inputs[0]);
  if (typeof index === "string" || table === undefined || axis !== 0) return "mixed";
  if (table.shape.length === 1) return index;
  if (table.shape.length !== 2 || index.columns.length !== 1) return "mixed";
  return { columns: new Array<number>(table.shape[1]).fill(index.columns[0]) };
}
