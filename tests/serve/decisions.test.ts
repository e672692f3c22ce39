import { describe, expect, it } from "vitest";
import { decide } from "#lib/serve/decisions.js";
import { modelInfo } from "../modelFolder.js";

const info = modelInfo(new Uint8Array(0));
const binary = {
  score: Float64Array.of(0.25, 0.5, 0.75),
  probabilities: { rows: 3, columns: 2, data: Float32Array.of(0.75, 0.25, 0.5, 0.5, 0.25, 0.75) },
};

describe("decide", () => {
  it("says attack at and above the frozen threshold", () => {
    expect(decide(info, binary, [0, 2, 3]).objects()).toEqual([
      { row: 0, decision: 0, class: "benign", score: 0.25, p_benign: 0.75, p_attack: 0.25 },
      { row: 2, decision: 1, class: "attack", score: 0.5, p_benign: 0.5, p_attack: 0.5 },
      { row: 3, decision: 1, class: "attack", score: 0.75, p_benign: 0.25, p_attack: 0.75 },
    ]);
  });

  it("records another threshold as an override", () => {
    const table = decide(info, binary, [0, 1, 2], 0.2);
    expect([...table.numbers("decision")]).toEqual([1, 1, 1]);
    expect([...table.numbers("threshold_override")]).toEqual([0.2, 0.2, 0.2]);
  });

  it("names the most probable attack class of an alert, even where benign is more probable", () => {
    const many = { ...info, classes: ["benign", "dos", "scan"], threshold: 0.4 };
    const scores = {
      score: Float64Array.of(0.45, 0.3),
      probabilities: { rows: 2, columns: 3, data: Float32Array.of(0.55, 0.125, 0.325, 0.7, 0.2, 0.1) },
    };
    expect(decide(many, scores, [0, 1]).strings("class")).toEqual(["scan", "benign"]);
  });

  it("has no probabilities of a detector", () => {
    const detector = modelInfo(new Uint8Array(0), { kind: "detector", classes: [], threshold: 2 });
    const table = decide(detector, { score: Float64Array.of(1, 3), probabilities: null }, [0, 1]);
    expect(table.objects()).toEqual([
      { row: 0, decision: 0, class: "benign", score: 1 },
      { row: 1, decision: 1, class: "attack", score: 3 },
    ]);
  });
});
