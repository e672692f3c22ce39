import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { leakTests } from "#lib/explain/leaks/leaks.js";
import { Table, text } from "#lib/table/table.js";
import { madeColumns, madeFlows, smallForest } from "../made.js";

const { flows, features } = madeFlows();
const parts = Table.of({
  row_id: flows.column("row_id"),
  part: text(Array.from({ length: flows.rows }, (_, i) => ["train", "train", "validation", "test"][i % 4])),
});
const input = {
  ...{ flows, features, parts, split: "site", rows: null, log: () => undefined },
  schema: { columns: madeColumns, schema_hash: "" },
  content: { groups: Int32Array.from({ length: flows.rows }, (_, row) => row), columns: ["bytes"] },
  strongest: ["history", "bytes"],
  model: smallForest,
  rng: Rng.root(5),
};

describe("leakTests", () => {
  const made = leakTests(input);

  it("makes every test on rows of the split, with the columns that each is about", async () => {
    const { tests, rows, skipped } = await made;
    expect([rows, skipped]).toEqual([400, {}]);
    expect(tests.map(({ test, columns }) => [test, columns])).toEqual([
      ["as-is", 4],
      ["random-split", 4],
      ["shuffled-labels", 4],
      ["one-column", 1],
      ["without-duplicates", 4],
      ["identifiers", 6],
      ["identifiers-random-split", 6],
    ]);
    // The first column that the audit names and the model has.
    expect(tests[3].title).toBe("One column: bytes");
  });

  it("falls to chance with shuffled labels", async () => {
    const { roc_auc, verdict } = (await made).tests[2];
    expect(verdict).toBe("ok");
    expect(roc_auc.lo).toBeLessThan(0.5);
    expect(roc_auc.hi).toBeGreaterThan(0.5);
  });

  it("warns when an address gives the label away", async () => {
    // orig_addr names the family, as in a network where one host attacks.
    const { verdict, macro_f1 } = (await made).tests[5];
    expect([verdict, macro_f1.point]).toEqual(["warning", 1]);
  });

  it("takes fewer rows where it is told to", async () => {
    const { rows, of_rows } = await leakTests({ ...input, rows: 200 });
    expect([rows, of_rows]).toEqual([200, 400]);
  });

  it("skips what the data do not allow, with the reason", async () => {
    const bare = flows.select(["row_id", "label", "family"]);
    const { skipped, tests } = await leakTests({ ...input, flows: bare, strongest: [], rows: 200 });
    expect(Object.keys(skipped)).toEqual(["one-column", "identifiers", "identifiers-random-split"]);
    expect(skipped.identifiers).toBe("the data have no addresses, ports, ids or times");
    expect(tests.length).toBe(4);
  });
});
