import { describe, expect, it } from "vitest";
import { ingest } from "#lib/dataset/ingest.js";
import { kdd99 } from "#lib/dataset/kdd99.js";
import { kddFamilies, kddFields } from "#lib/dataset/kddFields.js";
import { nslKdd } from "#lib/dataset/nslKdd.js";
import { readAll } from "../readAll.js";
import { temporaryFolder } from "../temporary.js";

const folder = temporaryFolder();
const features =
  "0,tcp,http,SF,181,5450,0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,8,8,0.00,0.00,0.00,0.00,1.00,0.00,0.00,9,9,1.00,0.00,0.11,0.00,0.00,0.00,0.00,0.00";
const policy = { unknown: "error", empty: "error", background: "error", no_column: "error" } as const;

describe("kdd99", () => {
  it("reads labels that end with a dot, and files without labels", async () => {
    const rows = await readAll(
      kdd99.open(folder.write("kddcup.data_10_percent", `${features},normal.\n${features},smurf.\n`)),
    );
    expect(rows.table.objects()[0]).toMatchObject({
      ...{ official_part: "train", proto: "tcp", service: "http", conn_state: "SF", duration_s: 0 },
      ...{ orig_bytes: 181, resp_bytes: 5450, dst_host_same_src_port_rate: 0.11 },
    });
    expect(rows.labels?.dictionary).toEqual(["normal.", "smurf."]);
    const bare = await readAll(
      kdd99.open(folder.write("kddcup.testdata.unlabeled", `${features}\n${features}\n`)),
    );
    expect(bare.labels).toBeNull();
    expect(bare.table.strings("official_part")).toEqual(["test", "test"]);
  });

  it("is another dialect than NSL-KDD, whose rows have a difficulty", () => {
    expect([kdd99.recognise(`${features},normal.\n`), kdd99.recognise(`${features}\n`)]).toEqual([
      true,
      true,
    ]);
    expect(nslKdd.recognise(`${features},normal.\n`)).not.toBe(true);
    expect(kdd99.recognise(`${features},normal,20\n`)).toMatch(/43 fields in the first line, not 42/);
    expect(kdd99.recognise(`${features.replace("tcp", "6")},normal.\n`)).toMatch(
      /42 fields, but not those of KDD Cup 1999/,
    );
    const names = kddFields.map(({ names }) => names[0]).join(",");
    expect(kdd99.recognise(`${names},label\n${features},normal.\n`)).toBe(true);
  });

  it("maps normal and all 39 attacks, with the dot and without", () => {
    for (const [family, names] of Object.entries(kddFamilies)) {
      for (const name of names) {
        const meaning = { kind: "attack", label: name, family };
        expect(kdd99.meaning(`${name}.`)).toEqual({ ...meaning, original: `${name}.` });
        expect(kdd99.meaning(name)).toEqual({ ...meaning, original: name });
      }
    }
    expect(kdd99.meaning("normal.")).toEqual({ kind: "benign", original: "normal." });
    expect(kdd99.meaning("normal..")).toEqual({ kind: "unknown", original: "normal.." });
  });

  it("leaves parts and unlabelled twins of whole files out", async () => {
    folder.write("all/kddcup.data", `${features},normal.\n${features},pod.\n`);
    folder.write("all/kddcup.data_10_percent", `${features},normal.\n`);
    folder.write("all/corrected", `${features},snmpguess.\n`);
    folder.write("all/kddcup.testdata.unlabeled_10_percent", `${features}\n`);
    folder.write("all/kddcup.names", "back,buffer_overflow.\nduration: continuous.\n");
    const { facts, table } = await ingest(
      { path: `${folder.path}/all`, files: null, dialect: "auto", rows: null },
      policy,
      42,
    );
    expect(table.strings("official_part")).toEqual(["test", "train", "train"]);
    expect(table.strings("label")).toEqual(["snmpguess", "benign", "pod"]);
    expect(facts.ignored_files).toEqual([
      { file: "kddcup.data_10_percent", why: "its rows are in kddcup.data" },
      {
        file: "kddcup.names",
        why: expect.stringMatching(/^kdd99: none of its columns: "duration"/) as string,
      },
      { file: "kddcup.testdata.unlabeled_10_percent", why: "its rows are in corrected" },
    ]);
  });
});
