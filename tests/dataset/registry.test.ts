import { describe, expect, it } from "vitest";
import { dialectNamed, dialects, fieldOf } from "#lib/dataset/registry.js";
import type { Field } from "#lib/flow/fields.js";

describe("dialects", () => {
  it("give one name one meaning", () => {
    const facts = (field: Field | undefined): unknown[] => [
      field?.name,
      field?.kind,
      field?.unit,
      field?.use,
      field?.meaning,
    ];
    for (const field of dialects.flatMap((dialect) => dialect.columns))
      expect(facts(field)).toEqual(facts(fieldOf(field.name)));
  });
  it("give a reason for every column that is not a plain feature", () => {
    for (const field of dialects.flatMap((dialect) => dialect.columns))
      expect([field.name, field.use === "feature" || (field.why ?? "").length > 5]).toEqual([
        field.name,
        true,
      ]);
  });
  it("never let addresses, ids, times and difficulty be features; ports and roles only in oracle", () => {
    const uses = [
      "start_us",
      "uid",
      "orig_addr",
      "resp_addr",
      "tunnel_parents",
      "difficulty",
      "orig_port",
      "resp_port",
      "local_orig",
      "local_resp",
    ];
    expect(uses.map((name) => fieldOf(name)?.use)).toEqual([
      ...Array(6).fill("never"),
      ...Array(4).fill("oracle"),
    ]);
  });
  it("are found by name, with the nearest one for a typo", () => {
    expect(() => dialectNamed("zeke")).toThrow(
      /"zeke" is not known \(has: auto, zeek, nsl-kdd, .*nf-uq.*\)\. Did you mean "zeek"\?/,
    );
  });
});
