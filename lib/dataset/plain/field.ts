import type { Field } from "../../flow/fields.js";

/**
 * What is known of a column of a plain table by its name and kind alone: a number or a category that any sensor may have;
 * ports only in the profile oracle, as everywhere.
 */
export function plainField(name: string, kind: "number" | "category"): Field {
  const field: Field = {
    name,
    kind,
    unit: kind === "number" ? "value" : null,
    meaning: `column ${name} of a plain table`,
    use: "feature",
  };
  return /(^|_)[sd]?port$/.test(name)
    ? {
        ...field,
        use: "oracle",
        why: "ports name the services of one site and give scans and floods of a lab away",
      }
    : field;
}

/** A column's name in flows.parquet: lower case, with _ for what is neither a letter nor a digit. */
export function plainName(name: string): string {
  const bare = name
    .trim()
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "_")
    .replace(/^_+|_+$/g, "");
  return bare === "" ? "column" : bare;
}
