import { expect, it } from "vitest";
import { drawnCurves } from "#lib/report/drawnCurves.js";
import type { Result } from "#lib/report/results.js";

const result = (model: string, average_precision: number | null, profile = "realistic"): Result =>
  ({ model, file: { profile }, metrics: { validation: { average_precision } } }) as unknown as Result;
const names = (results: readonly Result[]): string[] => results.map(({ model }) => model);

it("curves of as many models as there are colours are all drawn", () => {
  const results = ["a", "b", "c", "d", "e", "f", "g"].map((name) => result(name, 0.5));
  expect(drawnCurves(results)).toEqual({ drawn: results, omission: "" });
});

it("of more, the best on validation are drawn in their order, realistic ones before oracles, and the sentence says so", () => {
  const results = [
    result("oracle", 0.99, "oracle"),
    result("dummy", null),
    ...["a", "b", "c", "d", "e", "f"].map((name, i) => result(name, 0.9 - i / 100)),
    result("weak", 0.1),
  ];
  const { drawn, omission } = drawnCurves(results);
  expect(names(drawn)).toEqual(["a", "b", "c", "d", "e", "f", "weak"]);
  expect(omission).toMatch(/^ Drawn are 7 of 9 models, those with the best average precision on validation/);
});
