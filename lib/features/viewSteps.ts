import { SchemaError } from "../base/errors.js";
import type { Levels } from "./encode.js";
import type { FeatureColumn } from "./schema.js";
import {
  type AnyColumnTransform,
  type AnyTransform,
  isMatrixTransform,
  type Output,
  type Slot,
} from "./transforms/transform.js";
import { transforms, type ViewStep } from "./views.js";

/** @throws SchemaError when this version has none of that key */
export function transformNamed(key: string): AnyTransform {
  const found = transforms.find((transform) => transform.key === key);
  if (found === undefined) {
    throw new SchemaError(
      `features: transform "${key}" is not known to this version (has: ${transforms.map((t) => t.key).join(", ")}). ` +
        "Rerun the features stage.",
    );
  }
  return found;
}

/** The transform that a step of params.yaml names. */
export function transformOf(step: ViewStep): AnyTransform {
  return transformNamed(transforms.map(({ key }) => key).find((key) => key in step) ?? Object.keys(step)[0]);
}

/** The steps before the first that learns from several columns together, and those from it on. */
export function cutSteps(steps: readonly ViewStep[]): {
  readonly own: ViewStep[];
  readonly rest: ViewStep[];
} {
  const at = steps.findIndex((step) => isMatrixTransform(transformOf(step)));
  return at < 0 ? { own: [...steps], rest: [] } : { own: steps.slice(0, at), rest: steps.slice(at) };
}

/** A step that learns column by column. */
export function columnTransformOf(step: ViewStep): AnyColumnTransform {
  const transform = transformOf(step);
  if (isMatrixTransform(transform)) throw new TypeError(`features: ${transform.key} learns from all columns`);
  return transform;
}

/** What a column is before the first step. */
export function inputSlot({ name, type, unit }: FeatureColumn, levels: readonly string[]): Slot {
  return type === "category"
    ? { name, kind: "category", unit: null, levels }
    : { name, kind: "number", unit, levels: [] };
}

/** The columns before the first step. Numbers first, then categories: the order that steps keep. */
export function inputOutputs(columns: readonly FeatureColumn[], levels: Levels): Output[] {
  const outputs = columns.map(
    (column, from): Output => ({ slot: inputSlot(column, levels[column.name] ?? []), from }),
  );
  return [
    ...outputs.filter(({ slot }) => slot.kind === "number"),
    ...outputs.filter(({ slot }) => slot.kind === "category"),
  ];
}
