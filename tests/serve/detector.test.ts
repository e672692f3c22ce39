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

describe("Detector of a model with context", () => {
  const column = { name: "ctx_orig_flows_5s", type: "float32", unit: "flows" } as const;
  const contextual = writeModel(join(folder.path, "contextual"), linearModel([[0, 1]]), {
    columns: [column],
    context: { flows: null, seconds: [5], groups: ["originator"] },
  });
  const log = Table.of({
    input_row: int64([0, 1, 2, 3]),
    source: text(["one", "one", "two", "one"]),
    start_us: int64([3e6, 1e6, 2e6, 9e6]),
    orig_addr: text(["a", "a", "a", "a"]),
    resp_addr: text(["b", "b", "b", "b"]),
  });
  const open = () => Detector.open(contextual, 1);

  it("computes it as in training: what ended before, file by file", async () => {
    const detector = await open();
    const { decisions, filled } = await detector.detect(
      log.with("proto", text(["tcp", "tcp", "tcp", "tcp"])),
    );
    await detector.close();
    const past = [1, 0, 0, 0]; // row 1 ended before row 0, row 3 more than 5 s later, row 2 is of another file
    past.forEach((flowsBefore, i) => {
      expect(decisions.numbers("score")[i]).toBeCloseTo(sigmoid(flowsBefore), 6);
    });
    expect(filled).toEqual([]);
  });

  it("refuses data without addresses", async () => {
    const detector = await open();
    const bare = Table.of({ proto: text(["tcp"]), start_us: int64([1]) });
    await expect(detector.detect(bare)).rejects.toThrow(/none of the model's columns/);
    await detector.close();
  });
});
