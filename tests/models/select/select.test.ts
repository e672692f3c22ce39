import { describe, expect, it } from "vitest";
import { DataError } from "#lib/base/errors.js";
import { Rng } from "#lib/base/rng.js";
import { type FittedView, viewFeatures } from "#lib/features/view.js";
import { selectParams } from "#lib/models/select/params.js";
import { type Selected, selectColumns } from "#lib/models/select/select.js";
import { stabilityOf } from "#lib/models/select/stability.js";
import { binCategories, binNumbers } from "#lib/numeric/mutualInformation.js";

const n = 400;
const rng = Rng.root(9);
const y = Int32Array.from({ length: n }, () => rng.integer(2));
/** `class` tells most, `copy` says the same again, `hint` a little of its own, the rest is noise. */
const made = [...y].map((c) => {
  const told = c * 2 + rng.uniform() * 2.4;
  return {
    told,
    copy: told * 3 + 0.01 * rng.uniform(),
    hint: c + 1.6 * rng.uniform(),
    a: rng.uniform(),
    b: rng.uniform(),
  };
});
const names = ["a", "told", "b", "copy", "hint"] as const;
const X = {
  rows: n,
  columns: names.length,
  data: Float32Array.from(made.flatMap((row) => names.map((name) => row[name]))),
};
const view: FittedView = {
  name: "raw",
  columns: names.map((name) => ({ name, type: "float32", unit: null, profile: "realistic", origin: "raw" })),
  levels: {},
  steps: [],
};
const select = (by: object, rows = { X, y }): Promise<Selected> =>
  selectColumns({
    select: selectParams.parse({ repeats: 5, ...by }),
    view,
    train: rows,
    classes: ["benign", "attack"],
    rng: Rng.root(1),
    threads: 2,
    log: () => undefined,
  });
const kept = async (by: object): Promise<readonly string[]> => (await select(by)).info.kept;

describe("selectColumns", () => {
  it("ranks by mutual information, and by mRMR not the same thing twice", async () => {
    expect(new Set(await kept({ by: "mutual-information", keep: 2 }))).toEqual(new Set(["told", "copy"]));
    const [first, second] = await kept({ by: "mrmr", keep: 2 });
    expect(["told", "copy"]).toContain(first);
    expect(["told", "copy"]).not.toContain(second);
  });
  it("ranks by forest importance, the same for a stream", async () => {
    const forest = { by: "forest", keep: 0.6, trees: 20 };
    const found = await select(forest);
    expect([...found.info.kept].sort()).toEqual(["copy", "hint", "told"]);
    expect(viewFeatures(found.view).map(({ name }) => name)).toEqual(["told", "copy", "hint"]);
    expect(await select(forest)).toEqual(found);
  });
  it("keeps what an L1 penalty leaves a weight", async () => {
    const all = await kept({ by: "l1", l1: 0.1 });
    const few = await kept({ by: "l1", l1: 60 });
    expect(few.length).toBeLessThan(all.length);
    expect(["told", "copy"]).toContain(few[0]);
    expect(await kept({ by: "l1", l1: 0.1, keep: 1 })).toHaveLength(1);
  });
  it("tells how stable the choice is", async () => {
    expect((await select({ by: "mutual-information", keep: 3, repeats: 8 })).info.stability).toBe(1);
    const { table } = await select({ by: "mutual-information", keep: 2 });
    expect(table.split("\n")[0]).toBe("column,kept,place,score,selected_in");
    expect((await select({ by: "mrmr", keep: 2, repeats: 0 })).info.stability).toBeNull();
  });
  it("says what is asked too much, and when nothing is left", async () => {
    await expect(select({ by: "mrmr", keep: 6 })).rejects.toThrow(
      'select: keep is 6, and view "raw" has 5 columns. Lower select.keep in params.yaml.',
    );
    await expect(select({ by: "l1", l1: 1e6 })).rejects.toThrow(
      /l1 1000000 leaves none of 5 columns a weight/,
    );
    const flat = { X: { ...X, data: new Float32Array(X.data.length) }, y };
    await expect(select({ by: "mutual-information", keep: 2 }, flat)).rejects.toThrow(DataError);
  });
});

describe("stabilityOf", () => {
  it("is 1 for equal selections, about 0 for unrelated ones, null where nothing is chosen between", () => {
    expect(
      stabilityOf(
        [
          [0, 1],
          [0, 1],
          [1, 0],
        ],
        10,
      ),
    ).toBe(1);
    // Two of size 2 of 10 with one in common, Kuncheva: (1·10 − 4) / (2·8).
    expect(
      stabilityOf(
        [
          [0, 1],
          [1, 2],
        ],
        10,
      ),
    ).toBeCloseTo(6 / 16, 12);
    expect(
      stabilityOf(
        [
          [0, 1],
          [0, 1],
        ],
        2,
      ),
    ).toBeNull();
    expect(stabilityOf([[0]], 2)).toBeNull();
  });
});

describe("bins", () => {
  it("hold about equally many numbers, missing ones apart; few values have one each", () => {
    expect([...binNumbers([1, 2, 3, 4, 5, 6, 7, 8, Number.NaN], 4).codes]).toEqual([
      0, 0, 1, 1, 2, 2, 3, 3, 4,
    ]);
    expect([...binNumbers([7, 0, 7, 0], 4).codes]).toEqual([1, 0, 1, 0]);
    expect(binNumbers([Number.NaN, Number.NaN], 4)).toEqual({ codes: Uint16Array.of(1, 1), levels: 2 });
  });
  it("give every level its code, missing and unseen ones too", () => {
    expect(new Set(binCategories([0, 1, -1, Number.NaN], 2).codes).size).toBe(4);
  });
});
