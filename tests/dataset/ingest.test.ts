import { existsSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { DataError, FormatError } from "#lib/base/errors.js";
import { ingest } from "#lib/dataset/ingest.js";
import { temporaryFolder } from "../temporary.js";
import { fields, header, labelledLog, row } from "../zeekLog.js";

const folder = temporaryFolder();
const policy = { unknown: "drop", empty: "drop", background: "drop", no_column: "error" } as const;
const from = (path: string, more: object = {}): Parameters<typeof ingest>[0] => ({
  path: path.startsWith("/") || path.startsWith("..") ? path : `${folder.path}/${path}`,
  files: null,
  dialect: "auto",
  rows: null,
  ...more,
});

folder.write(
  "two/site-b/day2.conn.log.labeled",
  labelledLog([["Malicious", "Scan", { uid: "B1", "id.orig_h": "10.9.0.1" }]]),
);
folder.write(
  "two/site-a/day1.conn.log.labeled",
  labelledLog([
    ["Benign", "-", { uid: "A1" }],
    ["Background", "(empty)", { uid: "A2" }],
    ["Malicious", "DoS", { uid: "A3" }],
    ["-", "-", { uid: "A4" }],
    ["Unknown", "-", { uid: "A5" }],
    ["Benign", "-", { uid: "A6", orig_bytes: "bad" }],
  ]),
);
folder.write("two/README.md", "# Not a log\n");

describe("ingest", () => {
  it("makes canonical rows in the order of files and lines", async () => {
    const { table } = await ingest(from("two"), policy, 42);
    expect(table.names.slice(0, 12)).toEqual([
      ...["row_id", "dataset", "source", "label", "family", "label_original", "is_attack"],
      ...["site", "day", "host", "start_us", "uid"],
    ]);
    expect(table.select(table.names.slice(0, 10)).objects()).toEqual([
      {
        row_id: 0,
        dataset: "two",
        source: "day1",
        label: "benign",
        family: "benign",
        label_original: "Benign",
        is_attack: 0,
        site: "a",
        day: "1",
        host: "10.0.0.1",
      },
      {
        row_id: 1,
        dataset: "two",
        source: "day1",
        label: "DoS",
        family: "DoS",
        label_original: "Malicious/DoS",
        is_attack: 1,
        site: "a",
        day: "1",
        host: "10.0.0.1",
      },
      {
        row_id: 2,
        dataset: "two",
        source: "day2",
        label: "Scan",
        family: "Scan",
        label_original: "Malicious/Scan",
        is_attack: 1,
        site: "b",
        day: "2",
        host: "10.9.0.1",
      },
    ]);
  });

  it("counts everything that is dropped, by reason and line", async () => {
    const { facts } = await ingest(from("two"), policy, 42);
    expect(facts.rows).toEqual({ read: 7, kept: 3, dropped: 4, capped: 0, repaired: 0 });
    expect(facts.dropped).toEqual({
      bad_value_orig_bytes: 1,
      label_background: 1,
      label_empty: 1,
      label_unknown: 1,
    });
    expect(facts.files[0].dropped.label_background).toEqual({ count: 1, first_lines: [8] });
    expect(facts.labels.background).toEqual({ rows: 1, policy: "drop" });
    expect(facts.classes.label).toEqual({ benign: 1, DoS: 1, Scan: 1 });
    expect(facts.duplicates).toMatchObject({ repeated: 2, repeated_with_label: 0, contradictory: 3 });
    expect(facts.ignored_files.map(({ file }) => file)).toEqual(["README.md"]);
    expect(facts.dialects[0].never.map(({ name }) => name)).toContain("orig_addr");
    expect(facts.dialects[0].oracle.map(({ name }) => name)).toEqual([
      "orig_port",
      "resp_port",
      "local_orig",
      "local_resp",
    ]);
  });

  it("makes unlabelled rows benign only when told to, and stops at them when told to", async () => {
    const { table, facts } = await ingest(from("two"), { ...policy, background: "benign" }, 42);
    expect(table.strings("label")).toEqual(["benign", "benign", "DoS", "Scan"]);
    expect(facts.labels.background).toEqual({ rows: 1, policy: "benign" });
    await expect(ingest(from("two"), { ...policy, unknown: "error" }, 42)).rejects.toThrow(
      /day1\.conn\.log\.labeled, line 11: label "Unknown" is unknown, and labels\.unknown is "error"/,
    );
  });

  it("refuses a log without labels, unless it is declared benign", async () => {
    const log = folder.write(
      "plain/conn.log",
      [...header, `#fields\t${fields.join("\t")}`, row()].join("\n"),
    );
    await expect(ingest(from(log), policy, 42)).rejects.toThrow(
      /conn\.log has no label column, so nothing can be learned/,
    );
    const { table } = await ingest(from(log), { ...policy, no_column: "benign" }, 42);
    expect(table.strings("label")).toEqual(["benign"]);
  });

  it("does not read a log beside its labelled copy", async () => {
    folder.write("twin/conn.log", [...header, `#fields\t${fields.join("\t")}`, row()].join("\n"));
    folder.write("twin/conn.log.labeled", labelledLog([["Benign", "-"]]));
    const { facts } = await ingest(from("twin"), policy, 42);
    expect(facts.rows.read).toBe(1);
    expect(facts.ignored_files).toEqual([{ file: "conn.log", why: "its rows are in conn.log.labeled" }]);
  });

  it("caps rows by family with the seed", async () => {
    const rows = Array.from(
      { length: 50 },
      (_, i) => (i % 5 === 0 ? ["Malicious", "DoS"] : ["Benign", "-"]) as [string, string],
    );
    folder.write("many/conn.log", labelledLog(rows));
    const { table, facts } = await ingest(from("many", { rows: 10 }), policy, 42);
    expect(facts.classes.family).toEqual({ benign: 8, DoS: 2 });
    expect(facts.rows).toMatchObject({ read: 50, kept: 10, capped: 40 });
    expect([...table.numbers("row_id")]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("says what it found when nothing can be read", async () => {
    folder.write("none/notes.txt", "hello");
    await expect(ingest(from("none"), policy, 42)).rejects.toThrow(
      /holds no file that can be read \(dialects: zeek, nsl-kdd, .*\)\. Found notes\.txt\./,
    );
    await expect(ingest(from("none/notes.txt"), policy, 42)).rejects.toThrow(FormatError);
    folder.write("nothing/conn.log", labelledLog([["Background", "-"]]));
    await expect(ingest(from("nothing"), policy, 42)).rejects.toThrow(
      /no row of .* is left.*labels found: Background/,
    );
    await expect(ingest(from("nowhere"), policy, 42)).rejects.toThrow(DataError);
  });

  it("says what is wrong with compressed files that are damaged", async () => {
    const sum = gzipSync(labelledLog([["Benign", "-"]]));
    folder.write("damaged/sum.log.gz", sum.fill(0, sum.length - 8));
    await expect(ingest(from("damaged/sum.log.gz"), policy, 42)).rejects.toThrow(
      /sum\.log\.gz: the gzip stream is corrupt \(incorrect data check\)/,
    );
    folder.write("damaged/start.log.gz", Uint8Array.of(0x1f, 0x8b, 9, 9, 9, 9));
    await expect(ingest(from("damaged/start.log.gz"), policy, 42)).rejects.toThrow(
      /start\.log\.gz is of no known dialect \(a gzip stream that is damaged or empty\)/,
    );
    folder.write("damaged/flows.parquet", "PAR1 and no more PAR1");
    await expect(ingest(from("damaged/flows.parquet"), policy, 42)).rejects.toThrow(
      /flows\.parquet is of no known dialect \(a Parquet file that is damaged or has no rows\)/,
    );
  });

  it("refuses a file with the name of one dataset and the content of another", async () => {
    const kdd = `0,tcp,http,SF,${"0,".repeat(37)}normal,20\n`;
    folder.write("claims/UNSW_NB15_training-set.csv", kdd);
    const claim = /it is named like unsw-nb15 and holds nsl-kdd: rename it, or set the dialect/;
    await expect(ingest(from("claims/UNSW_NB15_training-set.csv"), policy, 42)).rejects.toThrow(claim);
    folder.write("claims/KDDTrain+.txt", kdd);
    const { facts } = await ingest(from("claims"), policy, 42);
    expect(facts.ignored_files).toEqual([
      { file: "UNSW_NB15_training-set.csv", why: expect.stringMatching(claim) },
    ]);
    const asked = await ingest(from("claims/UNSW_NB15_training-set.csv", { dialect: "nsl-kdd" }), policy, 42);
    expect(asked.facts.rows.kept).toBe(1);
  });

  it("reads a mix of dialects, or the one that is asked for", async () => {
    folder.write("mix/conn.log", labelledLog([["Benign", "-"]]));
    folder.write("mix/KDDTrain+.txt", `0,tcp,http,SF,${"0,".repeat(37)}normal,20\n`);
    const { table, facts } = await ingest(from("mix"), policy, 42);
    expect(facts.datasets).toEqual(["mix", "nsl-kdd"]);
    expect(facts.dialects.map(({ name }) => name)).toEqual(["zeek", "nsl-kdd"]);
    expect(table.strings("dataset")).toEqual(["nsl-kdd", "mix"]);
    expect(table.strings("conn_state")).toEqual(["SF", "SF"]);
    expect(table.strings("uid").map((uid) => uid === null)).toEqual([true, false]);
    const one = await ingest(from("mix", { dialect: "zeek" }), policy, 42);
    expect(one.facts.dialects.map(({ name }) => name)).toEqual(["zeek"]);
  });
});

const testbed = "../shared/data/testbed";
describe.skipIf(!existsSync(testbed))("ingest of the testbed (skipped: ../shared is not here)", () => {
  it("has the flows of its README, by family and site", async () => {
    const { table, facts } = await ingest(from(testbed), policy, 42);
    expect(facts.rows).toEqual({ read: 29339, kept: 29339, dropped: 0, capped: 0, repaired: 0 });
    expect(facts.classes.family).toMatchObject({
      benign: 19633,
      "DoS-SYNFlood": 3692,
      PortScan: 1673,
      LateralMovement: 142,
    });
    expect(Object.keys(facts.classes.family).length).toBe(14);
    expect(facts.files.map(({ source }) => source)).toEqual([
      "site-a/day1",
      "site-a/day2",
      "site-b/day1",
      "site-b/day2",
    ]);
    const sites = table.strings("site");
    expect(sites.filter((site) => site === "a").length).toBe(7447 + 8000);
    expect(facts.duplicates).toMatchObject({ repeated: 2381, contradictory: 934 });
  });

  it("reads Stratosphere's mixed day under the label policy", async () => {
    const { facts } = await ingest(from("../shared/data/stratosphere-zeek/008-zeek-mixed/data"), policy, 42);
    expect(facts.classes.label).toEqual({ "External-Attack-to-Device": 4201, benign: 1402 });
    expect(facts.dropped).toEqual({ label_background: 60 });
    expect(facts.ignored_files.length).toBe(6);
  });
});
