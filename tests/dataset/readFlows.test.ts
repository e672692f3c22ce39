import { describe, expect, it } from "vitest";
import { ingest } from "#lib/dataset/ingest.js";
import { readFlows } from "#lib/dataset/readFlows.js";
import { writeParquet } from "#lib/table/parquet.js";
import { temporaryFolder } from "../temporary.js";
import { fields, header, labelledLog, row } from "../zeekLog.js";

const folder = temporaryFolder();
const bare = folder.write(
  "bare.log",
  [...header, `#fields\t${fields.join("\t")}`, row({ uid: "U1" }), "cut", row({ uid: "U3" })].join("\n"),
);
const labelled = folder.write(
  "labelled.log",
  labelledLog([
    ["Benign", "-"],
    ["Background", "-"],
    ["Malicious", "Scan"],
  ]),
);

describe("readFlows", () => {
  it("reads unlabelled logs and keeps the row numbers of the input", async () => {
    const input = await readFlows(bare);
    expect([...input.table.numbers("input_row")]).toEqual([0, 2]);
    expect(input.table.strings("uid")).toEqual(["U1", "U3"]);
    expect(input.labelled).toBe(false);
    expect(input.dropped).toEqual([
      { file: "bare.log", reason: "too_few_fields", count: 1, first_lines: [header.length + 3] },
    ]);
    expect(input.absent).toEqual([]);
  });

  it("leaves out columns that the log does not have, and keeps those that are only unset", async () => {
    const known = fields.filter((field) => field !== "history" && field !== "missed_bytes");
    const cells = row({ service: "-" }).split("\t");
    const line = known.map((field) => cells[fields.indexOf(field)]).join("\t");
    const less = folder.write("less.log", [...header, `#fields\t${known.join("\t")}`, line].join("\n"));
    const { table } = await readFlows(less);
    expect([table.has("history"), table.has("missed_bytes")]).toEqual([false, false]);
    expect(table.strings("service")).toEqual([null]);
    const json = folder.write("one.json", '{"ts":1.5,"id.orig_h":"a","conn_state":"S0","proto":"tcp"}');
    expect((await readFlows(json)).table.strings("history")).toEqual([null]);
  });

  it("keeps every row of a labelled log, without a label where it has none", async () => {
    const input = await readFlows(labelled);
    expect(input.table.strings("label")).toEqual(["benign", null, "Scan"]);
    expect(input.table.objects().map((each) => each.is_attack)).toEqual([0, null, 1]);
    expect(input.labelled).toBe(false);
  });

  it("names columns that some file lacks, and those that it has no use for", async () => {
    const short = fields.filter((name) => name !== "history");
    const cells = short.map(() => "1").join("\t");
    const path = folder.write(
      "short.log",
      [...header, `#fields\t${short.join("\t")}\tcolour`, `${cells}\tred`].join("\n"),
    );
    const input = await readFlows([path, labelled]);
    expect([input.absent, input.ignored]).toEqual([["history"], ["colour"]]);
  });

  it("numbers rows through several paths", async () => {
    const input = await readFlows([bare, labelled]);
    expect([...input.table.numbers("input_row")]).toEqual([0, 2, 3, 4, 5]);
    expect(input.rowsRead).toBe(6);
  });

  it("refuses what is not there, and what it cannot read, without a word of params.yaml", async () => {
    await expect(readFlows("no/conn.log")).rejects.toThrow(
      /^read: no\/conn\.log is not there\. Name a file or folder/,
    );
    await expect(readFlows("package.json")).rejects.toThrow(/See nidslab datasets for what can be read\.$/);
  });

  it("reads canonical Parquet back", async () => {
    const policy = { unknown: "drop", empty: "drop", background: "drop", no_column: "error" } as const;
    const { table } = await ingest({ path: labelled, files: null, dialect: "auto", rows: null }, policy, 1);
    await writeParquet(`${folder.path}/flows.parquet`, table);
    const input = await readFlows(`${folder.path}/flows.parquet`);
    expect(input.labelled).toBe(true);
    expect(input.table.select(table.names).objects()).toEqual(table.objects());
    await writeParquet(`${folder.path}/bare.parquet`, table.select(["proto", "duration_s"]));
    expect((await readFlows(`${folder.path}/bare.parquet`)).table.names).toEqual([
      "input_row",
      "proto",
      "duration_s",
    ]);
  });
});
