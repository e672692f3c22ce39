import { z } from "zod";
import { issueText } from "../base/issueText.js";
import { didYouMean } from "../base/nearest.js";

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** One fault on the line of the file, several below it. */
export function faultsText(file: string, lines: readonly string[]): string {
  return lines.length === 1
    ? `params: ${file}: ${lines[0]}`
    : `params: ${file} has ${lines.length} faults:\n${lines.map((line) => `  ${line}`).join("\n")}`;
}

/** Zod's issues in the words of this kit: where, expected, found, and the nearest known name. */
export function faultsOf(issues: readonly Issue[], content: unknown, schema: z.ZodType): string[] {
  const valueAt = (path: Path): unknown =>
    path.reduce<unknown>(
      (value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key],
      content,
    );
  const described = (issue: Issue, prefix: Path): string[] => {
    const path = [...prefix, ...issue.path];
    const where = path.map(String).join(".") || "the file";
    const found = valueAt(path);
    if (issue.code === "unrecognized_keys") {
      const known = knownKeys(path, content, schema);
      return issue.keys.map(
        (key) => `${path.length === 0 ? "" : `${where}: `}unknown key "${key}".${didYouMean(key, known)}`,
      );
    }
    if (issue.code === "invalid_union") {
      // A word that chooses between forms, such as the recipe of a split.
      if ("options" in issue && Array.isArray(issue.options)) {
        const words = issue.options.map(String);
        const given = String(found ?? "nothing");
        return [`${where}: expected one of ${words.join(", ")}; found ${given}.${didYouMean(given, words)}`];
      }
      if (!isAboutValue(issue)) {
        // The alternative that came furthest says most: the fewest faults, the first of them the deepest.
        const depth = ([first]: readonly z.core.$ZodIssue[]): number => first?.path.length ?? 0;
        const [best = []] = [...issue.errors].sort((a, b) => a.length - b.length || depth(b) - depth(a));
        // A key that no form knows is a misspelt one: what the nearest form lacks then says nothing.
        const unknown = best.filter(({ code }) => code === "unrecognized_keys");
        const isLack = (inner: z.core.$ZodIssue): boolean => valueAt([...path, ...inner.path]) === undefined;
        const told = unknown.length > 0 && issue.errors.every((each) => each.some(isLack)) ? unknown : best;
        return told.flatMap((inner) => described(inner as Issue, path));
      }
    }
    if (issue.code === "invalid_key") return [`${where}: ${issue.issues[0]?.message ?? "not a valid name"}`];
    const text = issueText(issue, found);
    return found === undefined && text.endsWith(", found nothing")
      ? [`${where} is missing (${text.slice(0, -", found nothing".length)}).`]
      : [`${where}: ${text}`];
  };
  return issues.flatMap((issue) => described(issue, []));
}

/** Every form that a value may have is refused for the value itself, in zod's words, and not for something inside of it. */
function isAboutValue({ errors }: z.core.$ZodIssueInvalidUnion): boolean {
  return errors.every(([first]) => {
    if (first === undefined || first.path.length > 0) return false;
    const { code } = first;
    const isPlain =
      code === "invalid_type" || code === "invalid_value" || code === "too_small" || code === "too_big";
    return isPlain && issueText(first as Issue, null) !== first.message;
  });
}

interface Parts {
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly valueType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly def: { readonly innerType?: z.ZodType };
}

/** A schema without what stands around it (default, optional, …); of several forms those that the value means. */
function forms(schema: z.ZodType, value: unknown): z.ZodType[] {
  const { def, options, shape = {} } = schema as unknown as Parts;
  if (def.innerType !== undefined) return forms(def.innerType, value);
  if (options !== undefined) return options.flatMap((option) => forms(option, value));
  const isMeant = Object.entries(shape).every(
    ([key, type]) =>
      !(type instanceof z.ZodLiteral) ||
      type.values.has((value as Record<string, never> | null | undefined)?.[key] as never),
  );
  return isMeant ? [schema] : [];
}

/** Keys that the schema knows at a path, for "did you mean": of a model those of its own type. */
function knownKeys(path: Path, content: unknown, schema: z.ZodType): string[] {
  let at = forms(schema, content);
  let value = content;
  for (const key of path) {
    value = (value as Record<PropertyKey, unknown> | null | undefined)?.[key];
    at = at.flatMap((each) => {
      const { shape, valueType, element } = each as unknown as Parts;
      const inner = shape?.[String(key)] ?? valueType ?? element;
      return inner === undefined ? [] : forms(inner, value);
    });
  }
  return [...new Set(at.flatMap((each) => Object.keys((each as unknown as Parts).shape ?? {})))];
}
