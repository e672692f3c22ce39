import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Detector } from "#lib/serve/detector.js";
import { float64, int64, Table, text } from "#lib/table/table.js";
import { linearModel, writeModel } from "../modelFolder.js";
import { temporaryFolder } from "../temporary.js";

const folder = temporaryFolder();
// Attack is as probable as the number of bytes says; udp (code 1) and what training did not see (-1) pull apart.
const model = writeModel(
  join(folder.path, "model"),
  linearModel([
    [0, 1],
    [0, 2],
  ]),
);
const flows = Table.of({
  input_row: int64([0, 3, 4, 5]),
  proto: text(["udp", "tcp", "icmp", null]),
  orig_bytes: float64([-2, 0, 0, Number.NaN]),
  duration_s: float64([1, 1, 1, 1]),
});
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

async function detect(table: Table, options = {}) {
  const detector = await Detector.open(model, 1);
  try {
    return await detector.detect(table, options);
  } finally {
    await detector.close();
  }
}

describe("Detector", () => {
  it("scores flows by name, whatever the order of their columns, and keeps the numbers of their rows", async () => {
    const { decisions, filled, ignored } = await detect(flows);
    const expected = [sigmoid(0), sigmoid(0), sigmoid(-2), sigmoid(0)];
    [...decisions.numbers("score")].forEach((score, i) => {
      expect(score).toBeCloseTo(expected[i], 6);
    });
    expect([...decisions.numbers("row")]).toEqual([0, 3, 4, 5]);
    expect([filled, ignored]).toEqual([[], ["duration_s"]]);
    const turned = await detect(flows.select(["duration_s", "orig_bytes", "input_row", "proto"]));
    expect(turned.decisions.objects()).toEqual(decisions.objects());
  });

  it("scores a flow alone as among others", async () => {
    const all = (await detect(flows)).decisions;
    for (let row = 0; row < flows.rows; row++) {
      const { decisions } = await detect(flows.take([row]));
      expect(decisions.objects()).toEqual(all.take([row]).objects());
    }
  });

  it("refuses data without one of its columns, or fills it with missing values when told to", async () => {
    const less = flows.select(["proto"]);
    await expect(detect(less)).rejects.toThrow(/lack 1 of the model's 2 columns: orig_bytes.*--fill-missing/);
    const { decisions, filled } = await detect(less, { fillMissing: true });
    expect(filled).toEqual(["orig_bytes"]);
    expect(decisions.numbers("score")[0]).toBeCloseTo(sigmoid(2), 6);
    expect([...decisions.numbers("row")]).toEqual([0, 1, 2, 3]);
  });

  it("decides at another threshold when told to", async () => {
    const { decisions } = await detect(flows, { threshold: 0.1 });
    expect([...decisions.numbers("decision")]).toEqual([1, 1, 1, 1]);
    expect(decisions.numbers("threshold_override")[0]).toBe(0.1);
  });
});
