import { describe, expect, it } from "vitest";
import type { FlowInput } from "#lib/dataset/readFlows.js";
import { labelledRows } from "#lib/serve/labelledRows.js";
import { int64, Table, text } from "#lib/table/table.js";

const input = (columns: Parameters<typeof Table.of>[0]): FlowInput => ({
  table: Table.of(columns),
  labelled: false,
  rowsRead: 3,
  dropped: [],
  ignored: [],
  absent: [],
});
const bytes = int64([1, 2, 3]);

describe("labelledRows", () => {
  it("keeps what is benign or an attack, and counts the rest by its label", () => {
    const { flows, unlabelled } = labelledRows(
      input({
        bytes,
        label: text(["benign", null, "DoS"]),
        label_original: text(["Benign", "Background", "Malicious/DoS"]),
      }),
      "x.log",
    );
    expect([...flows.numbers("bytes")]).toEqual([1, 3]);
    expect(flows.strings("family")).toEqual(["benign", "DoS"]);
    expect(unlabelled).toEqual({ Background: 1 });
  });

  it("refuses data without labels, and data whose labels say nothing", () => {
    expect(() => labelledRows(input({ bytes }), "x.log")).toThrow(
      /^evaluate: x\.log has no labels, so nothing can be measured on it\. nidslab predict scores/,
    );
    const none = text([null, null, null]);
    expect(() => labelledRows(input({ bytes, label: none }), "x.log")).toThrow(/has no labels/);
    const original = text(["Background", "Unknown", null]);
    expect(() => labelledRows(input({ bytes, label: none, label_original: original }), "x.log")).toThrow(
      /x\.log has no label that says benign or attack \(found: Background, Unknown\)/,
    );
  });
});
