import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { contentGroups } from "#lib/dataset/content.js";
import { contentColumns } from "#lib/dataset/registry.js";
import { columnsFor } from "#lib/split/columns.js";
import type { SplitRecipe } from "#lib/split/recipe.js";
import { splitFlows } from "#lib/split/split.js";
import { duckdb, quoted } from "#lib/table/duckdb.js";
import { writeParquet } from "#lib/table/parquet.js";
import { type Table, text } from "#lib/table/table.js";
import { temporaryFolder } from "../temporary.js";
import { flows, hasData, nslKdd, partsOf, rng, testbed, valuesIn } from "./flows.js";

const recipes: Record<string, SplitRecipe> = {
  files: { recipe: "files", train: ["site-a/*"], test: ["site-b/day1.log.gz"], validation: 0.2 },
  "files with validation": {
    recipe: "files",
    train: ["site-a/day1"],
    validation: ["*/day2"],
    test: ["site-b/day1"],
  },
  duplicates: { recipe: "duplicates", test: 0.3, validation: 0.2 },
  hash: { recipe: "hash", test: 0.3, validation: 0.2 },
  "hash of content": { recipe: "hash", test: 0.3, validation: 0.2, by: ["orig_bytes", "duration_s"] },
  day: { recipe: "day", test: ["3"], validation: 0.2 },
  host: { recipe: "host", test: 0.3, validation: 0.2 },
  site: { recipe: "site", test: ["b"], validation: 0.2 },
  capture: { recipe: "capture", test: 0.4, validation: 0.2 },
  joint: { recipe: "group", by: ["site", "day"], test: ["a/1", "b/2"], validation: 0.2 },
  campaign: { recipe: "campaign", test: 0.3, validation: 0.2 },
  "campaign, benign by host": { recipe: "campaign", test: 0.3, benign: "host", validation: 0.2 },
  "campaign, validation too": { recipe: "campaign", test: 0.3, validation: 0.2, validation_by: "campaign" },
  "leave-one-attack-out": { recipe: "leave-one-attack-out", attack: "scan", benign: 0.3, validation: 0.2 },
  "site, validation by blocks of time": {
    ...{ recipe: "site", test: ["b"], validation: 0.2, validation_by: "blocks" },
  },
  "time, validation too": { recipe: "time", test: 0.3, validation: 0.2, validation_by: "time" },
};

describe.each(Object.entries(recipes))("recipe %s", (_, recipe) => {
  const table = flows(1200);
  const { table: split, facts } = splitFlows(table, recipe, rng());

  it("gives every row one part, and says how many and why", () => {
    expect(split.numbers("row_id")).toEqual(table.numbers("row_id"));
    const parts = split.strings("part");
    for (const part of ["train", "validation", "test", "unused"] as const)
      expect(parts.filter((name) => name === part).length).toBe(facts.rows[part]);
    expect(Object.values(facts.rows).reduce((a, b) => a + b)).toBe(1200);
    expect(Object.values(facts.unused).reduce((a, b) => a + b, 0)).toBe(facts.rows.unused);
  });

  it("is the same for the same stream, whatever columns it does not name", () => {
    const { needed, optional } = columnsFor(recipe);
    const content = contentColumns(table.names);
    const names = new Set(["row_id", "label", "family", ...needed, ...optional, ...content]);
    const few = table.select(table.names.filter((name) => names.has(name)));
    const again = splitFlows(few, recipe, rng());
    expect(again.table.strings("part")).toEqual(split.strings("part"));
    expect(again.facts).toEqual(facts);
  });
});

describe("recipe files", () => {
  const table = flows(400);
  it("puts a file where a glob says, with or without its extensions, and counts what no glob matches", () => {
    const split = splitFlows(table, recipes.files, rng());
    expect(valuesIn(table, split, "test", "source")).toEqual(new Set(["site-b/day1"]));
    expect(valuesIn(table, split, "unused", "source")).toEqual(new Set(["site-b/day2"]));
    expect(split.facts.unused).toEqual({ in_no_glob: 100 });
    expect(split.facts.files).toEqual({
      train: ["site-a/day1", "site-a/day2"],
      validation: [],
      test: ["site-b/day1"],
      unused: ["site-b/day2"],
    });
  });

  it("takes validation from files of its own", () => {
    const split = splitFlows(table, recipes["files with validation"], rng());
    expect(valuesIn(table, split, "validation", "source")).toEqual(new Set(["site-a/day2", "site-b/day2"]));
    expect(valuesIn(table, split, "train", "source")).toEqual(new Set(["site-a/day1"]));
  });
});

describe("recipe hash", () => {
  const folder = temporaryFolder();
  const hash: SplitRecipe = { recipe: "hash", test: 0.3, validation: 0.25 };

  /** Run the SQL of a split's facts over the table in DuckDB. */
  async function bySql(table: Table, sql: string | undefined): Promise<string[]> {
    const path = `${folder.path}/flows.parquet`;
    await writeParquet(path, table);
    const connection = await duckdb();
    await connection.run(`CREATE OR REPLACE TEMP VIEW flows AS FROM read_parquet(${quoted(path)})`);
    const rows = await (await connection.runAndReadAll(String(sql))).getRowObjects();
    return rows.map(({ part }) => String(part));
  }

  it("draws about the shares that it is given", () => {
    const { facts } = splitFlows(flows(4000), hash, rng());
    expect(facts.rows.test / 4000).toBeCloseTo(0.3, 1);
    expect(facts.rows.validation / (4000 - facts.rows.test)).toBeCloseTo(0.25, 1);
    expect(facts.hashed).toEqual(["start_us", "orig_addr"]);
  });

  it("is the rule that its SQL says: row for row in DuckDB, numbers, missing values and odd texts too", async () => {
    const table = flows(1200);
    const odd = table.with(
      "host",
      text(Array.from({ length: 1200 }, (_, i) => ["a|b", "ü € 𝄞", "", null, "it's", `${i}`][i % 6])),
    );
    const values = [0.1, -0.1, 1e300, -1e300, 5e-7, 1.5e-6, -2.5e-6, 1e12 + 0.3, 123456.7890125, Number.NaN];
    const double = { kind: "number", type: "float64" } as const;
    const numbers = odd
      .with("wide", {
        ...double,
        values: Float64Array.from({ length: 1200 }, (_, i) => values[i % 10] * ((i % 7) + 1)),
      })
      .with("narrow", {
        kind: "number",
        type: "float32",
        values: Float32Array.from({ length: 1200 }, (_, i) => (i % 17) / 9 - 0.7),
      });
    for (const recipe of [
      hash,
      { ...hash, by: ["host", "wide", "narrow", "start_us"] },
      { ...hash, by: "wide" },
      { ...hash, within: { site: "a" } },
    ]) {
      const { table: split, facts } = splitFlows(numbers, recipe, rng());
      expect(await bySql(numbers, facts.sql)).toEqual(split.strings("part"));
    }
  });

  it("never moves a row when data grow or come in another order", () => {
    const [small, large] = [flows(500), flows(2000)];
    const parts = partsOf(large, hash);
    expect(partsOf(small, hash)).toEqual(parts.slice(0, 500));
    const order = Rng.root(1).shuffle(Array.from({ length: 2000 }, (_, i) => i));
    expect(partsOf(large.take(order), hash)).toEqual(order.map((row) => parts[row]));
  });

  it("keeps rows of equal text together, also in validation", () => {
    const table = flows(1200);
    const by = ["orig_bytes", "duration_s"];
    const parts = partsOf(table, { ...hash, by });
    const groups = contentGroups(table, by);
    const seen = new Map<number, string | null>();
    parts.forEach((part, row) => {
      expect(seen.get(groups[row]) ?? part).toBe(part);
      seen.set(groups[row], part);
    });
  });
});

describe("recipes that keep things together", () => {
  const table = flows(1200);
  const shared = (recipe: SplitRecipe, column: string): unknown[] => {
    const split = splitFlows(table, recipe, rng());
    const test = valuesIn(table, split, "test", column);
    const rest = new Set([
      ...valuesIn(table, split, "train", column),
      ...valuesIn(table, split, "validation", column),
    ]);
    return [...test].filter((value) => value !== null && rest.has(value));
  };

  it("never share a group between training and test", () => {
    expect(shared(recipes.day, "day")).toEqual([]);
    expect(shared(recipes.host, "host")).toEqual([]);
    expect(shared(recipes.site, "site")).toEqual([]);
    expect(shared(recipes.capture, "source")).toEqual([]);
    expect(shared(recipes.campaign, "campaign")).toEqual([]);
    expect(shared(recipes["campaign, benign by host"], "campaign")).toEqual([]);
  });

  it("take joint groups by their names", () => {
    const split = splitFlows(table, recipes.joint, rng());
    const [sites, days] = [table.strings("site"), table.strings("day")];
    const joint = sites.map((site, row) => `${site}/${days[row]}`);
    const test = joint.filter((_, row) => split.table.strings("part")[row] === "test");
    expect(new Set(test)).toEqual(new Set(["a/1", "b/2"]));
    expect(test.length).toBe(joint.filter((name) => name === "a/1" || name === "b/2").length);
  });

  it("campaign: tests every family that has two campaigns, and as large a share of the benign rows", () => {
    const { facts, table: split } = splitFlows(table, recipes.campaign, rng());
    expect(facts.untested).toEqual([]);
    const { benign, dos, scan } = facts.coverage;
    const attacks = (dos.test + scan.test) / 515;
    expect(attacks).toBeCloseTo(0.3, 1);
    expect(benign.test / 685).toBeCloseTo(attacks, 1);
    // Benign rows of one stretch of time of one source are together: there are at most 10 × 4 changes in time.
    const [times, sources, parts] = [
      table.numbers("start_us"),
      table.strings("source"),
      split.strings("part"),
    ];
    const own = [...parts.keys()].filter(
      (row) => sources[row] === "site-a/day1" && table.strings("family")[row] === "benign",
    );
    own.sort((a, b) => times[a] - times[b]);
    const isTest = own.map((row) => parts[row] === "test");
    expect(isTest.filter((test, i) => i > 0 && test !== isTest[i - 1]).length).toBeLessThanOrEqual(9);
  });

  it("campaign: validation may be whole campaigns, too", () => {
    const split = splitFlows(table, recipes["campaign, validation too"], rng());
    const train = valuesIn(table, split, "train", "campaign");
    const validation = [...valuesIn(table, split, "validation", "campaign")].filter((name) => name !== null);
    expect(validation.length).toBeGreaterThan(0);
    expect(validation.filter((name) => train.has(name))).toEqual([]);
    expect(split.facts.coverage.benign.validation).toBeGreaterThan(0);
  });

  it("campaign: named campaigns, and attack rows without one are unused", () => {
    const some = table.with(
      "campaign",
      text(table.strings("campaign").map((name, row) => (row < 30 ? null : name))),
    );
    const { facts } = splitFlows(
      some,
      { recipe: "campaign", test: ["dos-3", "scan-4"], validation: 0.2 },
      rng(),
    );
    expect(facts.test_campaigns).toEqual(["dos-3", "scan-4"]);
    expect(facts.unused).toEqual({ attack_without_campaign: 14 });
  });

  it("duplicates: no content is in two parts", () => {
    const content = contentGroups(table, contentColumns(table.names));
    const parts = partsOf(table, recipes.duplicates);
    const where = new Map<number, Set<string | null>>();
    parts.forEach((part, row) => {
      where.set(content[row], (where.get(content[row]) ?? new Set()).add(part));
    });
    expect([...where.values()].filter((names) => names.size > 1)).toEqual([]);
  });

  it("leave-one-attack-out: the attack is in test alone, with its share of benign rows", () => {
    const family = splitFlows(table, recipes["leave-one-attack-out"], rng()).facts;
    expect(family.novel).toEqual(["scan"]);
    expect(family.coverage.scan).toEqual({ train: 0, validation: 0, test: 115, unused: 0 });
    expect(family.coverage.dos.test).toBe(0);
    expect(family.untested).toEqual(["dos"]);
    expect(family.coverage.benign.test / 685).toBeCloseTo(0.3, 1);
    const label = splitFlows(
      table,
      { recipe: "leave-one-attack-out", attack: "scan-1", benign: 0.3, validation: 0.2 },
      rng(),
    ).facts;
    expect(label.novel).toEqual([]);
    expect(Object.keys(label.novel_labels)).toEqual(["scan-1"]);
  });

  it("time: validation is the end of the training part", () => {
    const split = splitFlows(table, recipes["time, validation too"], rng());
    const times = (part: string): number[] => [...valuesIn(table, split, part, "start_us")] as number[];
    expect(Math.max(...times("train"))).toBeLessThan(Math.min(...times("validation")));
    expect(Math.max(...times("validation"))).toBeLessThan(Math.min(...times("test")));
  });
});

describe("impossible recipes say why, and what is possible", () => {
  const table = flows(400);
  const cases: [string, SplitRecipe, string, Table?][] = [
    [
      "a glob without a file",
      { recipe: "files", train: ["site-a/day3"], test: ["site-b/*"], validation: 0.2 },
      'split: train: no file matches "site-a/day3" (sources: site-a/day1, site-a/day2, site-b/day1, site-b/day2). Did you mean "site-a/day1"? Correct it in params.yaml.',
    ],
    [
      "a file in two parts",
      { recipe: "files", train: ["site-a/*"], test: ["*/day1"], validation: 0.2 },
      'split: file "site-a/day1" is in train and test: globs of both match it. Name it in one part in params.yaml.',
    ],
    [
      "a hash of a column that is missing",
      { recipe: "hash", test: 0.3, validation: 0.2, by: ["uid", "orig_adr"] },
      'split: column "uid" is not in artifacts/flows.parquet (has: source, label, family, site, day, host, campaign, start_us, orig_addr, orig_bytes, …). Choose another split.recipe in params.yaml or a dataset with such a column.',
    ],
    [
      "one day",
      { recipe: "day", test: 0.5, validation: 0.2, within: { day: 1 } },
      'split: column "day" has 1 value (1); two groups are needed for a training and a test part. Choose another column in params.yaml; possible here: site (2 values), host (9 values), source (4 values), campaign (20 values), recipe time.',
    ],
    [
      "an attack that does not occur",
      { recipe: "leave-one-attack-out", attack: "scam", benign: 0.3, validation: 0.2 },
      'split: attack "scam" does not occur in the data (attacks: dos, scan, scan-0, scan-1). Did you mean "scan"? Correct it in params.yaml.',
    ],
    [
      "the only attack left out",
      { recipe: "leave-one-attack-out", attack: ["dos", "scan"], benign: 0.3, validation: 0.2 },
      'split: the training part of recipe "leave-one-attack-out" has no attack',
    ],
    [
      "one campaign a family",
      { recipe: "campaign", test: 0.3, validation: 0.2 },
      "split: no attack family has two campaigns (2 in all), so none can be tested whole. Name campaigns under test in params.yaml. Choose another column in params.yaml; possible here: site (2 values)",
      table.with("campaign", text(table.strings("family").map((f) => (f === "benign" ? null : f)))),
    ],
    [
      "no campaigns at all",
      { recipe: "campaign", test: 0.3, validation: 0.2 },
      'split: column "campaign" is not in artifacts/flows.parquet',
      table.select(table.names.filter((name) => name !== "campaign")),
    ],
  ];
  it.each(cases)("%s", (_, recipe, message, from = table) => {
    expect(() => splitFlows(from, recipe, rng())).toThrow(message);
  });
});

describe.skipIf(!hasData)("recipes on real data (skipped: ../shared is not here)", () => {
  it("testbed: campaigns, captures, days, an attack left out, duplicates, files", async () => {
    const table = await testbed();
    const campaign = splitFlows(table, recipes.campaign, rng());
    expect(campaign.facts.untested).toEqual([]);
    expect(campaign.facts.rows.unused).toBe(0);
    expect(Math.abs(campaign.facts.rows.test / 29339 - 0.3)).toBeLessThan(0.1);
    const train = valuesIn(table, campaign, "train", "campaign");
    const test = [...valuesIn(table, campaign, "test", "campaign")].filter((name) => name !== null);
    expect(test.filter((name) => train.has(name))).toEqual([]);

    const left = splitFlows(
      table,
      { recipe: "leave-one-attack-out", attack: "WebAttack", benign: 0.3, validation: 0.2 },
      rng(),
    );
    expect(left.facts.novel).toEqual(["WebAttack"]);
    expect(left.facts.coverage.WebAttack).toEqual({ train: 0, validation: 0, test: 338, unused: 0 });

    const days = splitFlows(
      table,
      { recipe: "files", train: ["*/day1.conn.log.labeled.gz"], test: ["*/day2"], validation: 0.2 },
      rng(),
    );
    expect(days.facts.rows.test).toBe(8000 + 7059);
    const same = splitFlows(table, { recipe: "day", test: ["2"], validation: 0.2 }, rng());
    expect(days.table.strings("part").filter((part) => part === "test").length).toBe(same.facts.rows.test);
    expect(splitFlows(table, recipes.duplicates, rng()).facts.shared_content.test.rows).toBe(0);
  });

  it("NSL-KDD: no test row repeats another part's, by content or by its hash", async () => {
    const table = await nslKdd();
    const { facts } = splitFlows(table, recipes.duplicates, rng());
    expect(facts.shared_content.test.rows).toBe(0);
    const hashed = splitFlows(table, { recipe: "hash", test: 0.3, validation: 0.2 }, rng());
    expect(hashed.facts.hashed?.length).toBe(41);
    expect(hashed.facts.shared_content.test.rows).toBe(0);
    expect(hashed.facts.shared_content.validation.rows).toBe(0);
  });
});
