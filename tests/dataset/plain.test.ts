import { describe, expect, it } from "vitest";
import { ingest } from "#lib/dataset/ingest.js";
import type { TableColumns } from "#lib/dataset/params.js";
import { plainField, plainName } from "#lib/dataset/plain/field.js";
import { timeExamples, timeFormatOf } from "#lib/dataset/plain/time.js";
import { contentColumns } from "#lib/dataset/registry.js";
import { buildFeatures } from "#lib/features/build.js";
import { writeParquet } from "#lib/table/parquet.js";
import { float64, int64, Table, text } from "#lib/table/table.js";
import { temporaryFolder } from "../temporary.js";

const folder = temporaryFolder();
const policy = { unknown: "drop", empty: "drop", background: "drop", no_column: "error" } as const;
const from = (path: string, columns: TableColumns | null, dialect = "auto") => ({
  path,
  files: null,
  dialect,
  rows: null,
  columns,
});

const csv =
  "id,Time,Src IP,Dst IP,Dst Port,Flow Bytes,Flag,Code,Note,Class\n" +
  Array.from(
    { length: 24 },
    (_, i) =>
      `${i},2024-05-0${(i % 9) + 1} 10:00:00,10.0.0.${i % 3},10.0.1.1,${80 + i},${i / 2},${i % 2 === 0 ? "A" : "B"},${i % 4},text ${i},${i % 3 === 0 ? "DoS" : "Normal"}\n`,
  ).join("");
const mapping: TableColumns = {
  target: "Class",
  categorical: ["Code"],
  drop: ["Flag"],
  time: "Time",
  entity: "Src IP",
};

describe("a plain table", () => {
  it("has the columns that the mapping names, and others as their values say", async () => {
    const { table, facts } = await ingest(from(folder.write("mine.csv", csv), mapping), policy, 1);
    expect(facts.table).toEqual([
      { column: "id", name: null, kind: "dropped", why: "row numbers", example: "0" },
      { column: "Time", name: "start_us", kind: "time", example: "2024-05-01 10:00:00" },
      { column: "Src IP", name: "host", kind: "entity", example: "10.0.0.0" },
      {
        column: "Dst IP",
        name: null,
        kind: "dropped",
        why: expect.stringMatching(/^addresses/),
        example: "10.0.1.1",
      },
      {
        column: "Dst Port",
        name: "dst_port",
        kind: "number",
        why: expect.stringMatching(/^ports/),
        example: "80",
      },
      { column: "Flow Bytes", name: "flow_bytes", kind: "number", example: "0" },
      { column: "Flag", name: null, kind: "dropped", why: "dataset.columns.drop", example: "A" },
      { column: "Code", name: "code", kind: "category", example: "0" },
      {
        column: "Note",
        name: null,
        kind: "dropped",
        why: expect.stringMatching(/hardly repeat/),
        example: "text 0",
      },
      { column: "Class", name: "label", kind: "label", example: "DoS" },
    ]);
    expect(table.names).toEqual([
      ...["row_id", "dataset", "source", "label", "family", "label_original", "is_attack"],
      ...["day", "host", "start_us", "dst_port", "flow_bytes", "code"],
    ]);
    expect(table.objects()[3]).toEqual({
      row_id: 3,
      dataset: "mine",
      source: "mine",
      label: "DoS",
      family: "DoS",
      label_original: "DoS",
      is_attack: 1,
      day: "2024-05-04",
      host: "10.0.0.0",
      start_us: Date.UTC(2024, 4, 4, 10) * 1000,
      dst_port: 83,
      flow_bytes: 1.5,
      code: "3",
    });
    expect(facts.files[0].ignored_columns).toEqual([]);
    expect(facts.dialects.map(({ name }) => name)).toEqual(["table"]);
    expect(facts.duplicates.columns).toEqual(["flow_bytes", "code"]);
  });

  it("gives features from its columns alone: numbers and categories, ports in oracle, nothing of the kit's own", async () => {
    const { table } = await ingest(from(folder.write("mine.csv", csv), mapping), policy, 1);
    const { schema } = buildFeatures(table, { derived: [] });
    expect(schema.columns.map(({ name, type, profile, unit }) => [name, type, profile, unit])).toEqual([
      ["dst_port", "float32", "oracle", "value"],
      ["flow_bytes", "float32", "realistic", "value"],
      ["code", "category", "realistic", null],
    ]);
    expect(contentColumns(table.names)).toEqual(["flow_bytes", "code"]);
  });

  it("knows row numbers that begin again in each file, and times by day", async () => {
    folder.write("parts/a.csv", "id,x,at,y\n1,5,2024-05-01 10:00:00,0\n2,6,2024-05-01 23:59:59,1\n");
    folder.write("parts/b.csv", "id,x,at,y\n1,7,2024-05-02 00:00:00,0\n2,8,,1\n");
    const columns = { target: "y", time: "at" };
    const { table, facts } = await ingest(from(`${folder.path}/parts`, columns), policy, 1);
    expect(facts.table?.find(({ column }) => column === "id")?.why).toBe("row numbers");
    expect(table.strings("day")).toEqual(["2024-05-01", "2024-05-01", "2024-05-02", null]);
  });

  it.each([
    ["01.05.2024 10:00:00", "13.05.2024 23:59:59", "2024-05-13T23:59:59.000Z"],
    ["1.5.2024", "13.5.2024", "2024-05-13T00:00:00.000Z"],
    ["2024-05-01", "2024-05-13", "2024-05-13T00:00:00.000Z"],
    ["1714557600000000000", "1714557600123456789", "2024-05-01T10:00:00.123Z"],
    ["05/01/2024 10:00 AM", "05/13/2024 3:05 PM", "2024-05-13T15:05:00.000Z"],
  ])("reads a time as %s", async (one, other, iso) => {
    const path = folder.write("times.csv", `x,at,y\n1,${one},0\n2,${other},1\n`);
    const { table } = await ingest(from(path, { target: "y", time: "at" }), policy, 1);
    expect(new Date(table.numbers("start_us")[1] / 1000).toISOString()).toBe(iso);
    expect(table.strings("day")[1]).toBe(iso.slice(0, 10));
  });

  it("asks which order days and months have, and takes the answer", async () => {
    const path = folder.write("order.csv", "x,at,y\n1,05.07.2017,0\n2,06.07.2017,1\n");
    const columns = { target: "y", time: "at" };
    await expect(ingest(from(path, columns), policy, 1)).rejects.toThrow(
      /column "at" may be day\/month or month\/day \(05\.07\.2017\).* Set dataset\.columns\.time_format/,
    );
    const { table } = await ingest(from(path, { ...columns, time_format: "date_dmy" }), policy, 1);
    expect(table.strings("day")).toEqual(["2017-07-05", "2017-07-06"]);
  });

  it("is read from TSV, semicolons and Parquet alike", async () => {
    const columns: TableColumns = { target: "y", entity: "who", time: "at" };
    const rows = "1;a;0;1714557600\n2.5;b;1;1714557601\n;a;0.0;1714557602\n";
    const semicolons = folder.write("t/a.csv", `x;who;y;at\n${rows}`);
    const tabs = folder.write("u/a.tsv", `x;who;y;at\n${rows}`.replaceAll(";", "\t"));
    const parquet = `${folder.path}/a.parquet`;
    await writeParquet(
      parquet,
      Table.of({
        x: float64([1, 2.5, Number.NaN]),
        who: text(["a", "b", "a"]),
        y: int64([0, 1, 0]),
        at: int64([1714557600e6, 1714557601e6, 1714557602e6]),
      }),
    );
    const expected = [
      { host: "a", start_us: 1714557600e6, x: 1, label: "benign" },
      { host: "b", start_us: 1714557601e6, x: 2.5, label: "attack" },
      { host: "a", start_us: 1714557602e6, x: null, label: "benign" },
    ];
    for (const path of [semicolons, tabs, parquet])
      expect((await ingest(from(path, columns, "table"), policy, 1)).table.objects()).toMatchObject(expected);
  });

  it("may be several files: benign ones without labels beside labelled ones, others left out", async () => {
    folder.write("many/train.csv", "x,y2\n1,a\n2,b\n");
    folder.write("many/test.csv", "x,y2,class\n1,a,normal\n2,b,DDoS\n");
    folder.write("many/README.md", "# Data\nOne, two, three\n");
    folder.write("many/other.csv", "p,q\n1,2\n");
    const { table, facts } = await ingest(
      from(`${folder.path}/many`, { target: "class" }),
      { ...policy, no_column: "benign" },
      1,
    );
    expect(table.objects().map(({ source, label, x }) => [source, label, x])).toEqual([
      ["test", "benign", 1],
      ["test", "DDoS", 2],
      ["train", "benign", 1],
      ["train", "benign", 2],
    ]);
    expect(facts.ignored_files.map(({ file }) => file)).toEqual(["README.md", "other.csv"]);
  });

  it("keeps names that flows.parquet has for itself apart, and takes places from columns of their name", async () => {
    const path = folder.write("names.csv", "source,day,label,y\n1,mon,3,0\n2,tue,4,1\n");
    const { table } = await ingest(from(path, { target: "y" }), policy, 1);
    expect(table.objects()[1]).toMatchObject({
      source: "names",
      source_2: 2,
      day: "tue",
      label_2: 4,
      label: "attack",
    });
  });

  it("is called by another kind of column under the name of a dialect's field what it is", async () => {
    const path = folder.write("known.csv", "proto,service,uid,y\n6,1,5,0\n17,2,6,1\n");
    const { table } = await ingest(from(path, { target: "y" }), policy, 1);
    const { schema } = buildFeatures(table, { derived: [] });
    expect(schema.columns.map(({ name, type }) => [name, type])).toEqual([
      ["proto", "float32"],
      ["service", "float32"],
    ]); // uid is an identifier, whatever its type
  });

  it.each([
    [
      { target: "Clas" },
      "auto",
      /dataset\.columns\.target: no file has a column "Clas" .*Did you mean "Class"\?/,
    ],
    [{ target: "Class", drop: ["Nope"] }, "auto", /dataset\.columns\.drop: no file has a column "Nope"/],
    [{ target: "Class", time: "Class" }, "auto", /"Class" is named as time and as label/],
    [{ target: "Class", time: "Note" }, "auto", /column "Note" holds no times that are known/],
    [null, "table", /a table needs dataset\.columns/],
    [{ target: "Class" }, "zeek", /describes a plain table, but dataset\.dialect is zeek/],
  ] as [TableColumns | null, string, RegExp][])(
    "refuses %j of dialect %s",
    async (columns, dialect, message) => {
      await expect(ingest(from(folder.write("mine.csv", csv), columns, dialect), policy, 1)).rejects.toThrow(
        message,
      );
    },
  );

  it("says when a column that began with numbers is none", async () => {
    const rows = Array.from({ length: 60_000 }, (_, i) => `${i < 59_000 ? i % 7 : "x"},0\n`).join("");
    await expect(
      ingest(from(folder.write("late.csv", `a,y\n${rows}`), { target: "y" }), policy, 1),
    ).rejects.toThrow(
      /column "a" begins with numbers or times, but 1000 of 60000 rows hold something else \(line 59002\)/,
    );
  });
});

describe("timeFormatOf", () => {
  it.each(Object.entries(timeExamples))("%s is told from its example, %s", (format, example) => {
    expect(timeFormatOf([example], "t")).toBe(format);
  });
  it.each([
    [["1714557600", "1714557600.25"], "epoch_s"],
    [["1714557600123"], "epoch_ms"],
    [["1714557600123456"], "epoch_us"],
    [["1714557600123456789"], "epoch_ns"],
    [["2024-05-01", "2024-05-02"], "date_ymd"],
    [["01.05.2024 10:00:00", "13.05.2024 10:00:00"], "dmy"],
    [["13.05.2024"], "date_dmy"],
    [["5/13/2024"], "date_mdy"],
    [["2024-05-01T10:00:00Z", "2024/05/01 10:00"], "iso"],
    [["01/05/2024 10:00", "13/05/2024 10:00"], "dmy"],
    [["05/01/2024 10:00", "05/13/2024 10:00:00 PM"], "mdy"],
  ])("%j is %s", (values, format) => {
    expect(timeFormatOf(values, "t")).toBe(format);
  });
  it.each([
    [["01/05/2024 10:00", "02/05/2024 10:00"], /may be day\/month or month\/day .*time_format/],
    [["01.05.2024", "02.05.2024"], /may be day\/month or month\/day .*date_dmy/],
    [["13.05.2024", "05.13.2024"], /holds "13\.05\.2024" and "05\.13\.2024", which no one format reads/],
    [["2024-05-01", "2024-05-01 10:00"], /"2024-05-01 10:00" and "2024-05-01", which no one format reads/],
    [["10:00:00", "11:30:00"], /holds "10:00:00", a time without its date/],
    [["5.5"], /numbers such as 5\.5/],
    [["1714557600", "1714557600123"], /numbers such as/],
    [["yesterday"], /no times that are known, such as "yesterday"/],
    [[], /has no value/],
  ])("%j is refused", (values, message) => {
    expect(() => timeFormatOf(values, "t")).toThrow(message);
  });
});

it("plainName and plainField", () => {
  expect(["Flow Bytes/s", " Dst Port", "TotLenFwd", "été%", "", "a__b"].map(plainName)).toEqual([
    ...["flow_bytes_s", "dst_port", "tot_len_fwd", "été", "column", "a_b"],
  ]);
  expect(
    ["sport", "dst_port", "port", "export", "report"].map((name) => plainField(name, "number").use),
  ).toEqual([...["oracle", "oracle", "oracle", "feature", "feature"]]);
});
