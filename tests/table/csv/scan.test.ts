import { describe, expect, it } from "vitest";
import { Tally } from "#lib/base/tally.js";
import { csvHead, scanCsv } from "#lib/table/csv/plan.js";
import { temporaryFolder } from "../../temporary.js";
import { planOf, scanned } from "./scanned.js";

const folder = temporaryFolder();
const plan = planOf({ n: "number", t: "text" });
let files = 0;

function scan(content: string | Uint8Array, given = plan, options = {}) {
  return scanned(folder.write(`${++files}.csv`, content), given, options);
}

describe("scanCsv", () => {
  it("reads numbers, ports, times and texts", async () => {
    const columns = planOf({ n: "number", p: "port", at: "time", t: "text" });
    const given = { ...columns, columns: columns.columns.map((c) => ({ ...c, format: "dmy" as const })) };
    const { rows, lines, inputRows, rowsRead } = await scan(
      'n,p,at,t\n1.5,80,14/02/2018 08:31:01, Benign \n-,0x303,-,-\n 1e3 ,443.0,,"SQL, ""x"""\n',
      given,
    );
    expect(rows).toEqual([
      { n: 1.5, p: 80, at: 1518597061000000, t: "Benign" },
      { n: null, p: 771, at: null, t: null },
      { n: 1000, p: 443, at: null, t: 'SQL, "x"' },
    ]);
    expect({ lines, inputRows, rowsRead }).toEqual({ lines: [2, 3, 4], inputRows: [0, 1, 2], rowsRead: 3 });
  });

  it("counts infinite and undefined values as missing ones", async () => {
    const { rows, repaired, dropped } = await scan(
      "n,t\nInfinity,a\n-inf,b\nNaN,c\nnan,d\n1e400,e\n-NAN,f\ninfinite,g\n",
    );
    expect(rows.map(({ n, t }) => `${n} ${t}`)).toEqual([
      "null a",
      "null b",
      "null c",
      "null d",
      "null e",
      "null f",
    ]);
    expect(repaired).toEqual({ infinite_n: [2, 3, 6], not_a_number_n: [4, 5, 7] });
    expect(dropped).toEqual({ bad_value_n: [8] });
  });

  it("drops records that are no rows, each for its reason", async () => {
    const content = "n,t\n1\n1,2,3\nx,y\nn,t\n N , t\n,\n , \n\n  \n2,b\nInfinity,a,b\n3,c";
    const { rows, lines, inputRows, dropped, repaired, rowsRead } = await scan(content);
    expect(rows).toEqual([
      { n: 2, t: "b" },
      { n: 3, t: "c" },
    ]);
    expect(lines).toEqual([11, 13]);
    expect(inputRows).toEqual([7, 9]);
    expect(dropped).toEqual({
      too_few_fields: [2],
      too_many_fields: [3, 12],
      bad_value_n: [4, 6],
      repeated_header: [5],
      empty_row: [7, 8],
    });
    expect(repaired).toEqual({ blank_line: [9, 10] });
    expect(rowsRead).toBe(10);
  });

  it("knows a repeated header where every column is text", async () => {
    const texts = planOf({ n: "text", t: "text" });
    const { rows, dropped } = await scan(' n,t\nn1,a\n n,t\n"n",t2\n', texts);
    expect(rows).toEqual([
      { n: "n1", t: "a" },
      { n: "n", t: "t2" },
    ]);
    expect(dropped).toEqual({ repeated_header: [3] });
  });

  it("takes a trailing delimiter for a field only when the header has it", async () => {
    const three = { ...plan, header: ["n", "t", ""], width: 3 };
    expect((await scan("n,t,\n1,a,\n2,b,\n", three)).rows.length).toBe(2);
    expect((await scan("n,t\n1,a,\n2,b\n")).dropped).toEqual({ too_many_fields: [2] });
  });

  it("reads files without a header, other delimiters, fields in several columns and fields in none", async () => {
    const given = {
      delimiter: "|",
      header: null,
      width: 3,
      columns: [
        { index: 2, name: "text", parse: "text" as const },
        { index: 2, name: "number", parse: "number" as const },
      ],
      missing: ["", "-1"],
    };
    const { rows, lines } = await scan('1|x|-1\n2|\'|7\n"3"|"a|b"|8\n', given);
    expect(rows).toEqual([
      { text: null, number: null },
      { text: "7", number: 7 },
      { text: "8", number: 8 },
    ]);
    expect(lines).toEqual([1, 2, 3]);
  });

  it("passes over comments that look like records, where the first field is a text or is not read", async () => {
    const given = {
      ...{ delimiter: ",", header: null, comment: "%", width: 2, missing: [""] },
      columns: [
        { index: 0, name: "text", parse: "text" as const },
        { index: 1, name: "number", parse: "number" as const },
      ],
    };
    const text = "a,1\n%b,2\n%\nc,3\n%d,4\n";
    for (const columns of [given.columns, given.columns.slice(1)]) {
      const { rows, lines, repaired, rowsRead } = await scan(text, { ...given, columns });
      expect(rows.map(({ number }) => number)).toEqual([1, 3]);
      expect(lines).toEqual([1, 4]);
      expect(repaired).toEqual({ comment: [2, 3, 5] });
      expect(rowsRead).toBe(2);
    }
  });

  it("gives the same for any number of workers and any size of block, and batches as asked", async () => {
    let content = "n,t\n";
    for (let i = 0; i < 3000; i++)
      content +=
        i % 97 === 0
          ? "\n"
          : i % 89 === 0
            ? `x,${i}\n`
            : i % 83 === 0
              ? `${i},"a\n""${i}"\n`
              : `${i},t${i % 7}\r\n`;
    const { batches, ...whole } = await scan(content);
    expect(batches).toBe(1);
    expect(whole.rows.length).toBe(2936);
    for (const [workers, blockBytes] of [
      [0, 1000],
      [1, 1000],
      [3, 777],
      [2, 200],
    ]) {
      const { batches: parts, ...all } = await scan(content, plan, { workers, blockBytes });
      expect(parts).toBeGreaterThan(20);
      expect(all).toEqual(whole);
    }
    expect((await scan(content, plan, { blockBytes: 1000, batchRows: 1000 })).batches).toBe(3);
    for (const batchRows of [1, 1000]) {
      const { batches: _, ...all } = await scan(content, plan, {
        blockBytes: 1000,
        batchRows,
        passing: true,
      });
      expect(all).toEqual(whole);
    }
  });

  it("codes many distinct texts in order of first appearance", async () => {
    const texts = Array.from({ length: 5000 }, (_, i) => `flow ${(i * 7919) % 3001}`);
    const { rows } = await scan(`n,t\n${texts.map((text, i) => `${i},${text}\n`).join("")}`);
    expect(rows.map(({ t }) => t)).toEqual(texts);
  });

  it("keeps no texts of records that were dropped", async () => {
    const path = folder.write("unused.csv", "t,n\nbad,x\nb,1\nt,n\na,2\nb,3\n");
    const counts = { dropped: new Tally(), repaired: new Tally(), rowsRead: 0 };
    for await (const { table } of scanCsv(path, planOf({ t: "text", n: "number" }), counts)) {
      expect(table.text("t").dictionary).toEqual(["b", "a"]);
      expect([...table.text("t").codes]).toEqual([0, 1, 0]);
    }
  });

  it("ends its threads when its reader stops early", async () => {
    const path = folder.write("early.csv", `n,t\n${"1,a\n".repeat(5000)}`);
    const counts = { dropped: new Tally(), repaired: new Tally(), rowsRead: 0 };
    for await (const { table } of scanCsv(path, plan, counts, { blockBytes: 100 })) {
      expect(table.rows).toBeGreaterThan(0);
      break;
    }
    expect(process.getActiveResourcesInfo().filter((name) => name === "MessagePort")).toEqual([]);
  });
});

describe("csvHead", () => {
  it("gives records as they are written, without quotes and blank lines", () => {
    expect(csvHead(' a, b\n\n"x ""y""","1\n2"\n3,"open\n', ",", 9)).toEqual([
      [" a", " b"],
      ['x "y"', "1\n2"],
    ]);
    expect(csvHead("a;b\r\n1;2", ";", 1)).toEqual([["a", "b"]]);
    expect(csvHead("", ",", 1)).toEqual([]);
  });
});
