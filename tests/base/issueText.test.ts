import { describe, expect, it } from "vitest";
import { z } from "zod";
import { expectedText, issueText } from "#lib/base/issueText.js";

function said(schema: z.ZodType, value: unknown): string {
  const [issue] = schema.safeParse(value).error?.issues ?? [];
  return issueText(issue, value);
}

describe("issueText", () => {
  it.each<[string, z.ZodType, unknown, string]>([
    ["a number too small", z.number().min(1), 0, "expected a number of at least 1, found 0"],
    ["a number at an open border", z.number().gt(0), 0, "expected a number above 0, found 0"],
    ["a number too large", z.number().lt(1), 2, "expected a number below 1, found 2"],
    ["a fraction", z.int(), 2.5, "expected a whole number, found 2.5"],
    ["text", z.number(), "42", 'expected a number, found "42"'],
    ["a list", z.string(), [1], "expected text, found a list"],
    ["a short list", z.array(z.int()).min(2), [1], "expected at least 2 entries, found 1"],
    ["a map", z.boolean(), { a: 1 }, "expected true or false, found a map"],
    ["nothing", z.number(), undefined, "expected a number, found nothing"],
    ["NaN", z.number(), Number.NaN, "expected a number, found NaN"],
    [
      "a word that is not known",
      z.enum(["sigmoid", "none"]),
      "sigmoyd",
      'expected one of sigmoid, none, found "sigmoyd". Did you mean "sigmoid"?',
    ],
    [
      "neither a number nor a word",
      z.union([z.int().min(1), z.enum(["all", "sqrt"])]),
      "sqr",
      'expected a number or one of all, sqrt, found "sqr". Did you mean "sqrt"?',
    ],
    ["what the schema has words for", z.string().regex(/^a/, "begins with a"), "b", "begins with a"],
  ])("%s", (_, schema, value, text) => {
    expect(said(schema, value)).toBe(text);
  });

  it("says what was expected alone", () => {
    const [issue] = z.int().max(9).safeParse(10).error?.issues ?? [];
    expect(expectedText(issue)).toBe("expected a number of at most 9");
  });
});
