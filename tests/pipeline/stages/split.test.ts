import { beforeAll, describe, expect, it } from "vitest";
import { DataError } from "#lib/base/errors.js";
import { diskIo } from "#lib/pipeline/diskIo.js";
import type { Params } from "#lib/pipeline/params.js";
import { split } from "#lib/pipeline/stages/split.js";
import { flows } from "../../split/flows.js";
import { temporaryFolder } from "../../temporary.js";

const folder = temporaryFolder();
const params = {
  seed: 42,
  splits: {
    past: { recipe: "time", test: 0.3, validation: 0.2, within: { site: "a" } },
    wrong: { recipe: "group", by: "dai", test: 0.3, validation: 0.2 },
    cv: { recipe: "kfold", folds: 3, kind: "grouped", by: ["site", "day"], validation: 0.2 },
  },
} as unknown as Params;

describe("the stage split", () => {
  const lines: string[] = [];
  const read: (readonly string[])[] = [];
  const batches: (readonly string[])[] = [];
  const io = (key: string) => {
    const disk = diskIo(folder.path, key);
    const readTable: typeof disk.readTable = async (name, columns, optional) => {
      const table = await disk.readTable(name, columns, optional);
      read.push(table.names);
      return table;
    };
    const readBatches: typeof disk.readBatches = async function* (name, columns) {
      for await (const batch of disk.readBatches(name, columns)) {
        batches.push(batch.names);
        yield batch;
      }
    };
    return { ...disk, readTable, readBatches, log: (line: string) => void lines.push(line) };
  };
  beforeAll(() => io("").writeTable("artifacts/flows.parquet", flows(600)));

  it("reads what its recipe needs, in batches what says which rows are equal, and no more", async () => {
    await split.run(params, io("past"));
    expect(read).toEqual([["row_id", "label", "family", "start_us", "site"]]);
    expect(batches).toEqual([["orig_bytes", "duration_s"]]);
  });

  it("names all columns there are when one is missing", async () => {
    await expect(split.run(params, io("wrong"))).rejects.toThrow(
      new DataError(
        'split: column "dai" is not in artifacts/flows.parquet (has: source, label, family, site, day, host, campaign, start_us, orig_addr, orig_bytes, …). ' +
          'Did you mean "day"? Choose another split.recipe in params.yaml or a dataset with such a column.',
      ),
    );
  });

  it("writes folds, and says how large they are", async () => {
    lines.length = 0;
    await split.run(params, io("cv"));
    const table = await io("").readTable("artifacts/splits/cv.parquet");
    expect(table.names).toEqual(["row_id", "part", "fold", "validation_folds"]);
    expect(lines[0]).toBe("cv: 3 folds of 200, 200, 200 rows, 0 unused");
    expect(io("").readJson<{ folds: unknown[] }>("artifacts/splits/cv.json").folds.length).toBe(3);
  });
});
