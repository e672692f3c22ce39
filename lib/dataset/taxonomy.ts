import type { LabelMeaning } from "./dialect.js";

/** The families of a dataset's attacks: the names of each. */
export type Families = Readonly<Record<string, readonly string[]>>;

/** The family of an attack's name, written in any case, with blanks or underscores; undefined when it is in none. */
export type FamilyOf = (name: string) => string | undefined;

export function familyLookup(families: Families): FamilyOf {
  const known = new Map(
    Object.entries(families).flatMap(([family, names]) =>
      names.map((name) => [nameKey(name), family] as const),
    ),
  );
  return (name) => known.get(nameKey(name));
}

function nameKey(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_]+/g, " ");
}

/** A category and a flag 0 or 1 as one label text, for `flaggedMeaning`. */
export function flaggedText([category, flag]: readonly (string | null)[]): string {
  return `${category ?? ""}\t${flag ?? ""}`;
}

/**
 * The meaning of a category beside a flag. Both must agree, where both are there; a flag alone decides, and its attacks are
 * called "attack". A pair that disagrees, an unknown category and another flag are unknown.
 * @param nameOf what an attack is called; default: as the file has it
 */
export function flaggedMeaning(
  pair: string,
  benign: ReadonlySet<string>,
  familyOf: FamilyOf,
  nameOf: (category: string) => string = (category) => category,
): LabelMeaning {
  const [category, written] = pair.split("\t");
  const flag = flagOf(written);
  if (category === "" && flag === null) return { kind: "empty", original: null };
  const family = familyOf(category);
  const isBenign = category === "" ? flag === 0 : benign.has(category.toLowerCase()) && flag !== 1;
  if (isBenign && flag !== undefined)
    return { kind: "benign", original: category === "" ? written : category };
  if (category === "" && flag === 1)
    return { kind: "attack", original: written, label: "attack", family: "attack" };
  if (family !== undefined && (flag === 1 || flag === null))
    return { kind: "attack", original: category, label: nameOf(category), family };
  return { kind: "unknown", original: written === "" ? category : `${category}/${written}` };
}

/** 0, 1, null for none, undefined for something else. */
function flagOf(text: string): 0 | 1 | null | undefined {
  if (text === "") return null;
  const number = Number(text);
  return number === 0 || number === 1 ? number : undefined;
}
