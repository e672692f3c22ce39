import { describe, expect, it } from "vitest";
import { DataError } from "#lib/base/errors.js";
import { contentGroups } from "#lib/dataset/content.js";
import { contentColumns } from "#lib/dataset/registry.js";
import { foldsOf, partsOfFold, rowsOfPart } from "#lib/split/parts.js";
import { type FoldRecipe, type RecipeOf, splitRecipe } from "#lib/split/recipe.js";
import { type Split, splitFlows } from "#lib/split/split.js";
import { int64, Table, text } from "#lib/table/table.js";
import { flows, hasData, nslKdd, rng, testbed } from "./flows.js";

const recipes: Record<string, FoldRecipe> = {
  stratified: { recipe: "kfold", folds: 5, kind: "stratified", validation: 0.2 },
  content: { recipe: "kfold", folds: 4, kind: "grouped", by: "content", validation: 0.2 },
  host: { recipe: "kfold", folds: 3, kind: "grouped", by: "host", validation: 0.2 },
  joint: { recipe: "kfold", folds: 3, kind: "grouped", by: ["site", "day"], validation: 0.2 },
  nested: { recipe: "nested", outer: 3, inner: 4, kind: "stratified" },
  "nested, by source": { recipe: "nested", outer: 2, inner: 2, kind: "grouped", by: "source" },
};

const partsOf = (split: Split, fold: number): (string | null)[] =>
  partsOfFold(split.table, fold).strings("part");

describe.each(Object.entries(recipes))("folds, %s", (_, recipe) => {
  const table = flows(1200);
  const split = splitFlows(table, recipe, rng());
  const count = recipe.recipe === "kfold" ? recipe.folds : recipe.outer;
  const folds = foldsOf(split.table);

  it("test every row once, and never a row that trains", () => {
    expect(folds).toEqual(Array.from({ length: count }, (_, i) => i + 1));
    const tested = new Int32Array(1200);
    for (const fold of folds) {
      const parts = partsOf(split, fold);
      expect(parts.filter((part) => part === null || part === "unused")).toEqual([]);
      for (const row of rowsOfPart(partsOfFold(split.table, fold), "test")) tested[row]++;
      expect(new Set(parts)).toEqual(new Set(["train", "validation", "test"]));
      expect(split.table.numbers("fold").filter((own) => own === fold).length).toBe(
        parts.filter((part) => part === "test").length,
      );
    }
    expect([...new Set(tested)]).toEqual([1]);
    expect(new Set(split.table.strings("part"))).toEqual(new Set(["train"]));
  });

  it("are of about equally many rows", () => {
    const sizes = folds.map((fold) => rowsOfPart(partsOfFold(split.table, fold), "test").length);
    expect(Math.max(...sizes) / Math.min(...sizes)).toBeLessThan(recipe.kind === "stratified" ? 1.05 : 1.6);
  });

  it("say the same as the facts", () => {
    const { folds: facts = [], coverage, untested } = split.facts;
    expect(untested).toEqual([]);
    facts.forEach(({ fold, rows }) => {
      const parts = partsOf(split, fold);
      for (const part of ["train", "validation", "test", "unused"] as const)
        expect(parts.filter((name) => name === part).length).toBe(rows[part]);
    });
    for (const family of Object.keys(coverage))
      expect(facts.reduce((sum, fold) => sum + fold.coverage[family].test, 0)).toBe(coverage[family].train);
  });

  it("are the same again, and others from another stream", () => {
    const again = splitFlows(table, recipe, rng());
    expect(again.table.objects()).toEqual(split.table.objects());
    expect(again.facts).toEqual(split.facts);
    const other = splitFlows(table, recipe, rng().fork("other"));
    expect(other.table.objects()).not.toEqual(split.table.objects());
  });
});

describe("stratified folds", () => {
  const table = flows(1200);
  const content = contentGroups(table, contentColumns(table.names));

  it.each(["stratified", "nested", "content"])(
    "%s: rows of equal content are in one fold and one part",
    (name) => {
      const split = splitFlows(table, recipes[name], rng());
      expect(split.facts.shared_content.test.rows).toBe(0);
      expect(split.facts.shared_content.validation.rows).toBe(0);
      for (const fold of foldsOf(split.table)) {
        const where = new Map<number, string | null>();
        partsOf(split, fold).forEach((part, row) => {
          expect(where.get(content[row]) ?? part).toBe(part);
          where.set(content[row], part);
        });
      }
    },
  );

  it("spread each family evenly", () => {
    const unlike = table.with("orig_bytes", table.column("row_id"));
    const { folds = [] } = splitFlows(unlike, recipes.stratified, rng()).facts;
    for (const family of ["benign", "dos", "scan"]) {
      const counts = folds.map((fold) => fold.coverage[family].test);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }
  });

  it("draw validation inside the training part of each fold: a fifth of every family", () => {
    const { folds = [] } = splitFlows(table, recipes.stratified, rng()).facts;
    for (const { coverage } of folds)
      for (const { train, validation } of Object.values(coverage))
        expect(Math.abs(validation / (train + validation) - 0.2)).toBeLessThan(0.05);
  });

  it("list a family that has fewer different rows than there are folds", () => {
    const rare = table
      .with("family", text(table.strings("family").map((family, row) => (row < 3 ? "rare" : family))))
      .with(
        "orig_bytes",
        int64(table.numbers("orig_bytes").map((bytes, row) => (row < 3 ? 1e6 + row : bytes))),
      );
    const { facts } = splitFlows(rare, recipes.stratified, rng());
    expect(facts.short_families).toEqual([{ family: "rare", rows: 3, groups: 3 }]);
    expect(facts.folds?.map((fold) => fold.coverage.rare.test).toSorted()).toEqual([0, 0, 1, 1, 1]);
  });
});

describe("grouped folds", () => {
  it("keep groups whole; what a fold alone has is new where it is tested", () => {
    const table = flows(1200);
    const hosts = table.strings("host");
    const split = splitFlows(table, recipes.host, rng());
    const folds = split.table.numbers("fold");
    const foldOf = new Map<string | null, number>();
    folds.forEach((fold, row) => {
      expect(foldOf.get(hosts[row]) ?? fold).toBe(fold);
      foldOf.set(hosts[row], fold);
    });
    const alone = table.with(
      "family",
      text(
        table
          .strings("family")
          .map((family, row) => (hosts[row] === "10.0.0.4" && family === "scan" ? "odd" : family)),
      ),
    );
    const { facts } = splitFlows(alone, recipes.host, rng());
    expect(facts.novel).toContain("odd");
    expect(facts.folds?.filter((fold) => fold.novel.includes("odd")).length).toBe(1);
  });

  it("leave rows without a group unused", () => {
    const table = flows(600).with(
      "host",
      text(
        flows(600)
          .strings("host")
          .map((host, i) => (i < 7 ? null : host)),
      ),
    );
    const split = splitFlows(table, recipes.host, rng());
    expect(split.facts.unused).toEqual({ no_host: 7 });
    expect([...split.table.numbers("fold").subarray(0, 7)]).toEqual(Array(7).fill(Number.NaN));
    expect(split.table.strings("part").slice(0, 8)).toEqual([...Array(7).fill("unused"), "train"]);
  });
});

describe("nested folds", () => {
  it("validate each outer fold on an inner one, another one in turn", () => {
    const split = splitFlows(flows(1200), recipes.nested, rng());
    const [outer, inner] = [split.table.numbers("fold"), split.table.numbers("inner_fold")];
    expect(new Set(inner)).toEqual(new Set([1, 2, 3, 4]));
    for (const fold of [1, 2, 3]) {
      const expected = Array.from(outer, (own, row) =>
        own === fold ? "test" : inner[row] === fold ? "validation" : "train",
      );
      expect(partsOf(split, fold)).toEqual(expected);
    }
  });
});

describe("impossible folds", () => {
  const fails = (table: Table, recipe: FoldRecipe): string => {
    try {
      splitFlows(table, recipe, rng());
    } catch (error) {
      expect(error).toBeInstanceOf(DataError);
      return (error as Error).message;
    }
    return "it did not fail";
  };

  it("say how many there can be", () => {
    expect(fails(flows(600), { ...recipes.host, by: "site" })).toBe(
      "split: 3 folds by site need 3 groups; there are 2 (a, b). 2 folds are possible with these groups. " +
        "Choose another column in params.yaml; possible here: day (3 values), host (9 values), source (4 values), campaign (30 values), recipe time.",
    );
    expect(fails(flows(3), { ...recipes.content, by: "content" })).toBe(
      "split: 4 folds need 4 rows; there are 3. Use fewer folds in params.yaml, or more data.",
    );
    expect(fails(flows(600), { ...recipes.host, by: "family" })).toMatch(
      /in fold \d of recipe "kfold" has no (attack|benign row)/,
    );
  });

  it("are refused in params.yaml where groups do not go with the kind", () => {
    const wrong = splitRecipe.safeParse({ ...recipes.stratified, by: "host" });
    expect(wrong.error?.issues[0]).toMatchObject({
      path: ["by"],
      message: "groups of a column go with kind: grouped",
    });
    expect(splitRecipe.safeParse({ ...recipes.stratified, by: "content" }).success).toBe(true);
  });

  it("there is no fold beyond the last", () => {
    const split = Table.of({ row_id: int64([0, 1]), fold: int64([1, 2]), validation_folds: int64([2, 1]) });
    expect(() => partsOfFold(split, 3)).toThrow("split: there is no fold 3.");
  });
});

describe.skipIf(!hasData)("folds of real data (skipped: ../shared is not here)", () => {
  it("testbed: by site and day, each place is a fold; DNS tunnels are new at none, for two places have them", async () => {
    const table = await testbed();
    const joint = recipes.joint as RecipeOf<"kfold">;
    const { facts } = splitFlows(table, { ...joint, folds: 4 }, rng());
    expect(facts.folds?.map(({ rows }) => rows.test).toSorted()).toEqual([6833, 7059, 7447, 8000]);
    expect(facts.novel).toEqual([]);
    const sites = splitFlows(table, { ...joint, folds: 2, by: "site" }, rng());
    expect(sites.facts.novel).toEqual(["BruteForce-FTP", "DNS-Tunnel", "LateralMovement"]);
  });

  it("NSL-KDD: ten folds, the rarest families listed", async () => {
    const table = await nslKdd();
    const { facts } = splitFlows(table, { ...recipes.stratified, folds: 10 } as FoldRecipe, rng());
    const sizes = facts.folds?.map(({ rows }) => rows.test) ?? [];
    expect(sizes.reduce((a, b) => a + b)).toBe(148517);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThan(20);
    expect(facts.shared_content.test.rows).toBe(0);
    expect(facts.short_families).toEqual([]);
  });
});
