import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { nslKdd } from "#lib/dataset/nslKdd.js";
import { nslKddFamilies, nslKddFeatures } from "#lib/dataset/nslKddFields.js";
import { fieldOf } from "#lib/dataset/registry.js";
import { readAll } from "../readAll.js";
import { temporaryFolder } from "../temporary.js";

const folder = temporaryFolder();
const line =
  "0,tcp,ftp_data,SF,491,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,2,2,0.00,0.00,0.00,0.00,1.00,0.00,0.00,150,25,0.17,0.03,0.17,0.00,0.00,0.00,0.05,0.00,normal,20";
const hard = line.replace("normal,20", "neptune,21");

describe("nslKdd", () => {
  it("reads the 41 features under their names, and the difficulty apart", async () => {
    const rows = await readAll(nslKdd.open(folder.write("KDDTrain+.txt", `${line}\n`)));
    const [row] = rows.table.objects();
    expect(row).toMatchObject({
      official_part: "train",
      subset: null,
      duration: 0,
      protocol_type: "tcp",
      service: "ftp_data",
    });
    expect(row).toMatchObject({
      flag: "SF",
      src_bytes: 491,
      same_srv_rate: 1,
      dst_host_same_src_port_rate: 0.17,
      difficulty: 20,
    });
    expect(rows.labels?.dictionary).toEqual(["normal"]);
    expect(nslKddFeatures.length).toBe(41);
    expect(fieldOf("difficulty")?.use).toBe("never");
  });

  it("marks the rows of Test+ that make Test-21", async () => {
    const rows = await readAll(nslKdd.open(folder.write("KDDTest+.txt", `${line}\n${hard}\n`)));
    expect(rows.table.strings("subset")).toEqual(["Test-21", null]);
    expect(rows.table.strings("official_part")).toEqual(["test", "test"]);
  });

  it("counts rows with too few or too many fields and bad numbers", async () => {
    const bad = [
      line,
      "0,tcp,http",
      `${line},1`,
      line.replace("491", "4x1"),
      line.replace("0.17", ""),
      line.replace("tcp", ""),
    ];
    const rows = await readAll(nslKdd.open(folder.write("bad/KDDTrain+.txt", bad.join("\n"))));
    expect(rows.table.rows).toBe(1);
    expect(rows.rowsRead).toBe(6);
    expect(rows.dropped.toJSON()).toEqual({
      too_few_fields: { count: 1, first_lines: [2] },
      too_many_fields: { count: 1, first_lines: [3] },
      bad_value_src_bytes: { count: 1, first_lines: [4] },
      bad_value_dst_host_same_srv_rate: { count: 1, first_lines: [5] },
      bad_value_protocol_type: { count: 1, first_lines: [6] },
    });
  });
});

describe("nslKdd", () => {
  it("is known by content", () => {
    expect(nslKdd.recognise(`${line}\n`)).toBe(true);
    expect(nslKdd.recognise(line.replace(/,\d+$/, ""))).toBe(
      "42 comma-separated fields in the first line, not 43",
    );
    expect(nslKdd.recognise("a,b\n")).toBe("no line of 43 comma-separated fields");
    expect(nslKdd.recognise(line.replace("tcp", "6"))).toMatch(/^43 fields, but not those of NSL-KDD/);
  });

  it("knows the parts of the whole files", () => {
    const all = ["KDDTest+.txt.gz", "KDDTest-21.txt.gz", "KDDTrain+.txt.gz", "KDDTrain+_20Percent.txt.gz"];
    expect(all.map((file) => nslKdd.partOf?.(file, all))).toEqual([
      undefined,
      "KDDTest+.txt.gz",
      undefined,
      "KDDTrain+.txt.gz",
    ]);
    expect(nslKdd.partOf?.("KDDTest-21.txt", ["KDDTest-21.txt"])).toBeUndefined();
  });

  it("maps 39 attacks, and only them, to four families", () => {
    const names = Object.values(nslKddFamilies).flat();
    expect(names.length).toBe(39);
    expect(new Set(names).size).toBe(39);
    expect(nslKdd.meaning("httptunnel")).toMatchObject({ kind: "attack", family: "r2l" });
    expect(nslKdd.meaning("worm")).toMatchObject({ kind: "attack", family: "dos" });
    expect(nslKdd.meaning("normal")).toEqual({ kind: "benign", original: "normal" });
    expect(nslKdd.meaning("nonsense")).toEqual({ kind: "unknown", original: "nonsense" });
  });
});

const real = "../shared/data/nsl-kdd";
describe.skipIf(!existsSync(real))("NSL-KDD itself (skipped: ../shared is not here)", () => {
  it("has the published rows, Test-21 and families", async () => {
    const test = await readAll(nslKdd.open(`${real}/KDDTest+.txt.gz`));
    expect([test.rowsRead, test.table.rows]).toEqual([22544, 22544]);
    expect(test.table.text("subset").codes.filter((code) => code >= 0).length).toBe(11850);
    const counts: Record<string, number> = {};
    for (const code of test.labels?.codes ?? []) {
      const meaning = nslKdd.meaning(test.labels?.dictionary[code] ?? "");
      const family = meaning.kind === "attack" ? meaning.family : meaning.kind;
      counts[family] = (counts[family] ?? 0) + 1;
    }
    expect(counts).toEqual({ benign: 9711, dos: 7460, probe: 2421, r2l: 2885, u2r: 67 });
  });
});
