import type { Field } from "../flow/fields.js";

/** A number that a sensor on the wire has. */
export function numberField(name: string, unit: string, meaning: string): Field {
  return { name, kind: "number", unit, meaning, use: "feature" };
}

/** One of few words, or a code that has no order. */
export function categoryField(name: string, meaning: string): Field {
  return { name, kind: "category", unit: null, meaning, use: "feature" };
}

/** The same column, of the profile oracle. */
export function oracle(field: Field, why: string): Field {
  return { ...field, use: "oracle", why };
}

/** The same column, never a feature. */
export function never(field: Field, why: string): Field {
  return { ...field, use: "never", why };
}
