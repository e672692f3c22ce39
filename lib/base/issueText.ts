import type { z } from "zod";
import { didYouMean } from "./nearest.js";

type Issue = z.core.$ZodIssue;

/** What zod says where a schema gives no words of its own. */
const ZODS = /^(Invalid (input|option)|Too (small|big))/;

/** What was expected: `expected a number of at least 1`. Words that a schema gives itself are left alone. */
export function expectedText(issue: Issue): string {
  const expected = isOwn(issue) ? [] : expectedOf(issue);
  return expected.length === 0
    ? issue.message.replace(/^Invalid (input|option): /, "")
    : `expected ${expected.join(" or ")}`;
}

/** The schema has words of its own. */
function isOwn({ message }: Issue): boolean {
  return !ZODS.test(message);
}

/**
 * What is wrong with a value, in the words of this kit: what was expected, what was found, and the nearest word that is
 * possible.
 * @param found the value that the issue is about
 */
export function issueText(issue: Issue, found: unknown): string {
  const expected = expectedText(issue);
  if (isOwn(issue) || expectedOf(issue).length === 0) return expected;
  const near = typeof found === "string" ? didYouMean(found, allowedOf(issue)) : "";
  return `${expected}, found ${foundText(issue, found)}${near && `.${near}`}`;
}

/** The words for what is expected; of a union, one for each form that a value without keys may have. */
function expectedOf(issue: Issue): string[] {
  switch (issue.code) {
    case "invalid_type":
      return [kinds[issue.expected] ?? issue.expected];
    case "invalid_value":
      return [issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.join(", ")}`];
    case "too_small":
      return [sized(issue.origin, `${issue.inclusive === false ? "above" : "of at least"} ${issue.minimum}`)];
    case "too_big":
      return [sized(issue.origin, `${issue.inclusive === false ? "below" : "of at most"} ${issue.maximum}`)];
    case "invalid_union": {
      const forms = issue.errors.flatMap(([first]) => expectedOf(first as Issue));
      return [...new Set(forms)];
    }
    default:
      return [];
  }
}

const kinds: Readonly<Record<string, string>> = {
  number: "a number",
  int: "a whole number",
  string: "text",
  boolean: "true or false",
  array: "a list",
  object: "a map",
  record: "a map",
  null: "null",
};

/** @param bound such as "of at least 2" */
function sized(origin: string, bound: string): string {
  if (origin === "array") return `${bound.replace("of ", "")} entries`;
  if (origin === "string") return `${bound.replace("of ", "")} characters`;
  return `a number ${bound}`;
}

/** The words that may stand in the value's place, for "did you mean". */
function allowedOf(issue: Issue): string[] {
  if (issue.code === "invalid_value") return issue.values.map(String);
  return issue.code === "invalid_union" ? issue.errors.flatMap(([first]) => allowedOf(first as Issue)) : [];
}

function foundText(issue: Issue, found: unknown): string {
  if (Array.isArray(found)) return issue.code.startsWith("too_") ? String(found.length) : "a list";
  if (typeof found === "number") return String(found);
  if (typeof found === "object" && found !== null) return "a map";
  return found === undefined ? "nothing" : JSON.stringify(found);
}
