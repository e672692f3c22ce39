import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DataError } from "#lib/base/errors.js";
import { Rng } from "#lib/base/rng.js";
import { contentGroups } from "#lib/dataset/content.js";
import { ingest } from "#lib/dataset/ingest.js";
import { contentColumns } from "#lib/dataset/registry.js";
import type { SplitRecipe } from "#lib/split/recipe.js";
import { splitFlows } from "#lib/split/split.js";
import { int64, Table, text } from "#lib/table/table.js";

const rng = (): Rng => Rng.root(42).fork("split").fork("x");

/** Flows of two sites and three days; every third one repeats the content of another. */
function flows(n: number): Table {
  const at = Array.from({ length: n }, (_, i) => i);
  const family = at.map((i) => (i % 3 === 0 ? "dos" : i % 7 === 1 ? "scan" : "benign"));
  return Table.of({
    row_id: int64(at),
    label: text(family),
    family: text(family),
    site: text(at.map((i) => (i % 2 === 0 ? "a" : "b"))),
    day: text(at.map((i) => String(1 + (i % 5)))),
    official_part: text(at.map((i) => (i % 4 === 0 ? "test" : "train"))),
    start_us: int64(at.map((i) => Math.floor(((i * 7919) % n) / 3))),
    orig_bytes: int64(at.map((i) => (i * 31) % Math.ceil(n / 3))),
  });
}

const recipes: Record<string, SplitRecipe> = {
  official: { recipe: "official", validation: 0.2 },
  stratified: { recipe: "stratified", test: 0.3, validation: 0.2 },
  time: { recipe: "time", test: 0.3, validation: 0.2 },
  site: { recipe: "group", by: "site", test: ["b"], validation: 0.2 },
  days: { recipe: "group", by: "day", test: 0.4, validation: 0.2 },
  named: { recipe: "group", by: "day", test: [5], train: ["1", 2], validation: 0.2 },
  within: { recipe: "stratified", test: 0.3, validation: 0.2, within: { site: "a" } },
};

describe.each(Object.entries(recipes))("splitFlows, recipe %s", (_, recipe) => {
  const table = flows(600);
  const { table: split, facts } = splitFlows(table, recipe, rng());
  const parts = split.strings("part");
  const rowsOf = (part: string): number[] => [...parts.keys()].filter((row) => parts[row] === part);

  it("gives every row one part, and says how many", () => {
    expect([...split.numbers("row_id")]).toEqual([...table.numbers("row_id")]);
    const counts = Object.fromEntries(
      ["train", "validation", "test", "unused"].map((p) => [p, rowsOf(p).length]),
    );
    expect(facts.rows).toEqual(counts);
    expect(Object.values(counts).reduce((a, b) => a + b)).toBe(600);
    const unused = Object.values(facts.unused).reduce((a, b) => a + b, 0);
    expect(unused).toBe(counts.unused);
  });

  it("keeps rows of equal content on one side of validation", () => {
    const content = contentGroups(table, contentColumns(table.names));
    const train = new Set(rowsOf("train").map((row) => content[row]));
    expect(rowsOf("validation").filter((row) => train.has(content[row]))).toEqual([]);
    expect(facts.shared_content.validation.rows).toBe(0);
  });

  it("draws about a fifth of each family for validation", () => {
    for (const counts of Object.values(facts.coverage)) {
      const share = counts.validation / (counts.train + counts.validation);
      expect(Math.abs(share - 0.2)).toBeLessThan(0.1);
    }
  });

  it("is the same for the same stream and another for another", () => {
    const again = splitFlows(table, recipe, rng());
    expect(again.table.strings("part")).toEqual(parts);
    expect(again.facts).toEqual(facts);
    expect(splitFlows(table, recipe, Rng.root(43)).table.strings("part")).not.toEqual(parts);
  });

  it("counts coverage by family as the parts have it", () => {
    const families = table.strings("family");
    const dos = rowsOf("test").filter((row) => families[row] === "dos").length;
    expect(facts.coverage.dos.test).toBe(dos);
  });
});

describe("splitFlows", () => {
  const table = flows(600);
  const partsOf = (recipe: SplitRecipe, from: Table = table): (string | null)[] =>
    splitFlows(from, recipe, rng()).table.strings("part");

  it("trains on the past and tests on the future; one instant is in one part", () => {
    const parts = partsOf(recipes.time);
    const times = table.numbers("start_us");
    const past = times.filter((_, row) => parts[row] !== "test");
    const future = times.filter((_, row) => parts[row] === "test");
    expect(Math.max(...past)).toBeLessThan(Math.min(...future));
    expect(future.length / 600).toBeCloseTo(0.3, 1);
  });

  it("keeps groups whole", () => {
    const parts = partsOf(recipes.days);
    const days = table.strings("day");
    const test = new Set(days.filter((_, row) => parts[row] === "test"));
    const train = new Set(days.filter((_, row) => parts[row] !== "test"));
    expect([...test].filter((day) => train.has(day))).toEqual([]);
    expect(test.size).toBe(2);
  });

  it("uses named groups only", () => {
    const parts = partsOf(recipes.named);
    const days = table.strings("day");
    expect(new Set(days.filter((_, row) => parts[row] === "unused"))).toEqual(new Set(["3", "4"]));
    expect(new Set(days.filter((_, row) => parts[row] === "test"))).toEqual(new Set(["5"]));
  });

  it("takes the published parts", () => {
    const parts = partsOf(recipes.official);
    expect(parts.filter((part) => part === "test").length).toBe(150);
    expect(parts[0]).toBe("test");
  });

  it("lists families that a part lacks, and those that validation could not have", () => {
    const small = Table.of({
      row_id: int64([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]),
      label: text(
        [..."bbbbbbbb"].map(() => "benign").concat("dos", "dos", "rare", "dos", "new", "benign", "dos"),
      ),
      family: text(
        [..."bbbbbbbb"].map(() => "benign").concat("dos", "dos", "rare", "dos", "new", "benign", "dos"),
      ),
      site: text([..."aaaaaaaaaaaabbb"]),
      orig_bytes: int64([1, 2, 3, 4, 5, 6, 7, 8, 20, 21, 30, 22, 40, 1, 50]),
    });
    const { facts } = splitFlows(small, recipes.site, rng());
    expect(facts.untested).toEqual(["rare"]);
    expect(facts.novel).toEqual(["new"]);
    expect(facts.novel_labels).toEqual({ new: 1 });
    expect(facts.left_out_of_validation).toEqual([{ family: "rare", rows: 1, groups: 1 }]);
    expect(facts.coverage.rare).toEqual({ train: 1, validation: 0, test: 0, unused: 0 });
    expect(facts.shared_content.test.rows).toBe(1);
  });

  it("says why a recipe is impossible", () => {
    const fails = (recipe: SplitRecipe, from: Table = table): string => {
      try {
        splitFlows(from, recipe, rng());
      } catch (error) {
        expect(error).toBeInstanceOf(DataError);
        return (error as Error).message;
      }
      return "it did not fail";
    };
    const group = (by: string, test: string[] | number, train?: string[]): SplitRecipe => ({
      recipe: "group",
      by,
      test,
      ...(train === undefined ? {} : { train }),
      validation: 0.2,
    });
    expect(fails(group("dai", ["1"]))).toBe(
      'split: column "dai" is not in artifacts/flows.parquet (has: label, family, site, day, official_part, start_us, orig_bytes). ' +
        'Did you mean "day"? Choose another split.recipe in params.yaml or a dataset with such a column.',
    );
    expect(fails(group("day", ["9"]))).toMatch(
      /test \(column day\): "9" does not occur in the data \(values: 1, 2, 3, 4, 5\)/,
    );
    expect(fails(group("day", ["1"], ["1", "2"]))).toMatch(/day "1" is in both train and test/);
    expect(fails({ ...recipes.within, within: { site: "c" } })).toMatch(
      /within \(column site\): "c" does not occur/,
    );
    expect(fails({ ...group("site", ["b"]), within: { site: "a" } })).toMatch(
      /"b" does not occur in the data \(values: a\)/,
    );
    expect(fails({ ...group("site", 0.5), within: { site: "a" } })).toMatch(
      /column "site" has 1 value \(a\); two groups are needed/,
    );
    expect(
      fails(recipes.official, table.select(table.names.filter((name) => name !== "official_part"))),
    ).toMatch(/column "official_part" is not in/);
    expect(fails(group("family", ["dos", "scan"]))).toMatch(/has no attack \(\d+ rows, all benign\)/);
    const first = table.take([0, 1, 2, 3]);
    expect(fails({ recipe: "official", validation: 0.2 }, first.take([1, 2, 3]))).toMatch(
      /the test part of recipe "official" is empty/,
    );
  });

  it("leaves rows without a value unused", () => {
    const table2 = table.with("site", text(table.strings("site").map((site, i) => (i < 10 ? null : site))));
    const { facts } = splitFlows(table2, recipes.site, rng());
    expect(facts.unused).toEqual({ no_site: 10 });
  });
});

const policy = { unknown: "drop", empty: "drop", background: "drop", no_column: "error" } as const;
const nslKdd = "../shared/data/nsl-kdd";
describe.skipIf(!existsSync(nslKdd))("splits of real data (skipped: ../shared is not here)", () => {
  it("finds NSL-KDD's 664 test rows that repeat a training row, and its 3,750 rows of novel attacks", async () => {
    const { table } = await ingest({ path: nslKdd, files: null, dialect: "auto", rows: null }, policy, 42);
    const { facts } = splitFlows(table, recipes.official, rng());
    expect(facts.shared_content.test.rows).toBe(664);
    expect(Object.keys(facts.novel_labels).length).toBe(17);
    expect(Object.values(facts.novel_labels).reduce((a, b) => a + b)).toBe(3750);
    expect(facts.rows.train + facts.rows.validation).toBe(125973);
  });

  it("finds what site A and site B of the testbed do not share", async () => {
    const { table } = await ingest(
      { path: "../shared/data/testbed", files: null, dialect: "auto", rows: null },
      policy,
      42,
    );
    const { facts } = splitFlows(table, recipes.site, rng());
    expect(facts.untested).toEqual(["BruteForce-FTP", "LateralMovement"]);
    expect(facts.novel).toEqual(["DNS-Tunnel"]);
    expect(facts.rows.test).toBe(13892);
  });
});
