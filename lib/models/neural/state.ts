import { z } from "zod";
import { FormatError, SchemaError } from "../../base/errors.js";
import { canonicalJson } from "../../base/json.js";
import type { Graph } from "../../nn/graph.js";
import type { Kept } from "../../nn/training/stepper.js";
import type { NetworkColumns } from "./columns.js";

const schema = z.strictObject({
  columns: z.unknown(),
  values: z.array(
    z.strictObject({
      name: z.string(),
      shape: z.array(z.int().min(1)),
      float32: z.base64().describe("little-endian"),
    }),
  ),
});

/** What a network that goes on needs, as plain JSON: its values, and how its columns entered. */
export function networkState(graph: Graph, columns: NetworkColumns, values: Kept): unknown {
  return {
    columns,
    values: tensorsOf(graph).map(({ name, shape }) => {
      const { buffer, byteOffset, byteLength } = values.get(name)!;
      return { name, shape, float32: Buffer.from(buffer, byteOffset, byteLength).toString("base64") };
    }),
  };
}

/**
 * The values of an earlier network, for the one of `graph`.
 * @throws FormatError when the state is none, SchemaError when its network has other layers or columns: the message says which
 */
export function valuesOfState(model: string, state: unknown, graph: Graph, columns: NetworkColumns): Kept {
  const parsed = schema.safeParse(state);
  if (!parsed.success) {
    throw new FormatError(
      `${model}: continue_from: the state cannot be read: ${z.prettifyError(parsed.error).slice(0, 200)}. ` +
        "Train the model to go on from again.",
    );
  }
  const before = new Map(parsed.data.values.map((each) => [each.name, each]));
  const now = tensorsOf(graph);
  const shapeText = (shape: readonly unknown[] | undefined): string => shape?.join(" × ") ?? "none";
  const other = [...new Set([...before.keys(), ...now.map(({ name }) => name)])].flatMap((name) => {
    const [old, own] = [before.get(name)?.shape, now.find((each) => each.name === name)?.shape];
    return shapeText(old) === shapeText(own) ? [] : [`${name} (${shapeText(old)}, now ${shapeText(own)})`];
  });
  if (other.length > 0 || canonicalJson(parsed.data.columns) !== canonicalJson(columns)) {
    throw new SchemaError(
      `${model}: continue_from: the earlier network differs from this one: ` +
        `${other.join("; ") || "the same layers over columns with other missing values"}. ` +
        "Set the same hidden, embedding and view, or train from the start.",
    );
  }
  return new Map(
    [...before].map(([name, { float32 }]) => {
      const bytes = Buffer.from(float32, "base64");
      return [name, new Float32Array(new Uint8Array(bytes).buffer)];
    }),
  );
}

function tensorsOf(graph: Graph): readonly { readonly name: string; readonly shape: readonly unknown[] }[] {
  return [...graph.parameters, ...graph.carried].map(({ tensor }) => tensor);
}
