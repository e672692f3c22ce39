import { execFileSync } from "node:child_process";
import { appendFileSync, closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { DataError, FormatError } from "#lib/base/errors.js";
import { Tally } from "#lib/base/tally.js";
import { readLines } from "#lib/flow/lines.js";
import { readHead } from "#lib/table/bytes/head.js";
import { openText } from "#lib/table/bytes/source.js";
import { csvHead, scanCsv } from "#lib/table/csv/plan.js";
import { temporaryFolder } from "../../temporary.js";
import { planOf, scanned } from "./scanned.js";

const folder = temporaryFolder();
const plan = planOf({ n: "number", t: "text" });
let files = 0;

function written(...parts: (string | Uint8Array)[]): string {
  return folder.write(`${++files}.csv`, Buffer.concat(parts.map((part) => Buffer.from(part as string))));
}

const scan = (...parts: (string | Uint8Array)[]) => scanned(written(...parts), plan);

function utf16(text: string, bigEndian: boolean): Uint8Array {
  const bytes = Buffer.from(`\ufeff${text}`, "utf16le");
  return bigEndian ? bytes.swap16() : bytes;
}

describe("odd bytes", () => {
  it("a byte order mark", async () => {
    const path = written("\ufeffn,t\n1,a\n");
    expect(csvHead(readHead(path), ",", 1)).toEqual([["n", "t"]]);
    const { rows, repaired } = await scanned(path, plan);
    expect(rows).toEqual([{ n: 1, t: "a" }]);
    expect(repaired).toEqual({ byte_order_mark: [1] });
  });

  it("CR before LF, with and without a last line end", async () => {
    const { rows, repaired } = await scan('n,t\r\n1,a\r\n2,"b"\r\n\r\n3\r\n4,c\r');
    expect(rows).toEqual([
      { n: 1, t: "a" },
      { n: 2, t: "b" },
      { n: 4, t: "c" },
    ]);
    expect(repaired).toEqual({ crlf: { count: 6, first_lines: [1, 2, 3, 4, 5] }, blank_line: [4] });
  });

  it("CR alone as the line end", async () => {
    const path = written("n,t\r1,a\r2,b\r");
    expect(csvHead(readHead(path), ",", 2)).toEqual([
      ["n", "t"],
      ["1", "a"],
    ]);
    const { rows, lines, repaired } = await scanned(path, plan);
    expect(rows).toEqual([
      { n: 1, t: "a" },
      { n: 2, t: "b" },
    ]);
    expect(lines).toEqual([2, 3]);
    expect(repaired).toEqual({ cr_line_ends: [1, 2, 3] });
  });

  it("NUL", async () => {
    const { rows, dropped } = await scan("n,t\n1,a\0b\n2,b\n\0,c\n3,d\n4,\0\n");
    expect(rows.map(({ n }) => n)).toEqual([2, 3]);
    expect(dropped).toEqual({ nul_byte: [2, 4, 6] });
  });

  it.each([false, true])("UTF-16, big-endian %s", async (bigEndian) => {
    const path = written(utf16("n,t\n1,\u00e9\u2013\n2,b\n", bigEndian));
    expect(csvHead(readHead(path), ",", 2)[1]).toEqual(["1", "\u00e9\u2013"]);
    const { rows, repaired } = await scanned(path, plan);
    expect(rows).toEqual([
      { n: 1, t: "\u00e9\u2013" },
      { n: 2, t: "b" },
    ]);
    expect(repaired).toEqual({ utf16: [1] });
  });

  it("windows-1252 in one cell, UTF-8 in another: one text", async () => {
    const dash = Buffer.from([0x96]);
    const { rows, repaired, dropped } = await scan(
      "n,t\n1,Web Attack ",
      dash,
      " XSS\n2,Web Attack \u2013 XSS\n3,Web Attack ",
      dash,
      " XSS\n1",
      dash,
      ",a\n",
    );
    expect(rows.map(({ t }) => t)).toEqual(Array(3).fill("Web Attack \u2013 XSS"));
    expect(repaired).toEqual({ windows_1252: [2, 4] });
    expect(dropped).toEqual({ bad_value_n: [5] });
  });

  it("gives different bytes of one text one place in the dictionary", async () => {
    const path = written("n,t\n1,", Buffer.from([0x96]), "\n2,\u2013\n");
    const counts = { dropped: new Tally(), repaired: new Tally(), rowsRead: 0 };
    for await (const { table } of scanCsv(path, plan, counts)) {
      expect(table.text("t").dictionary).toEqual(["\u2013"]);
      expect([...table.text("t").codes]).toEqual([0, 0]);
    }
  });
});

describe("quotes", () => {
  it("hold delimiters, line ends and doubled quotes, and open only a field", async () => {
    const { rows, lines } = await scan('n,t\n1,"a,b\n""c"""\n"2","d" \n3,e"f"\n4,""\n5,g""h\n');
    expect(rows).toEqual([
      { n: 1, t: 'a,b\n"c"' },
      { n: 2, t: "d" },
      { n: 3, t: 'e"f"' },
      { n: 4, t: null },
      { n: 5, t: 'g""h' },
    ]);
    expect(lines).toEqual([2, 4, 5, 6, 7]);
  });

  it("that never close cost one record: after 64 lines, after 1 MiB, at the end", async () => {
    const many = Array.from({ length: 100 }, (_, i) => `${i},x\n`).join("");
    const first = await scan('n,t\n7,"open\n', many, '8,"also\n9,z\n');
    expect(first.rows.length).toBe(101);
    expect(first.dropped).toEqual({ unclosed_quote: [2, 103] });
    const long = await scan('n,t\n7,"', "x".repeat(2 ** 20), '\n8,y\n9,"z"\n');
    expect(long.rows).toEqual([
      { n: 8, t: "y" },
      { n: 9, t: "z" },
    ]);
    expect(long.dropped).toEqual({ unclosed_quote: [2] });
  });

  it("with text behind them cost one record", async () => {
    const { rows, dropped } = await scan('n,t\n1,"a"b,"c\n2,d\n3,"e\nf"g\n4,h\n');
    expect(rows).toEqual([
      { n: 2, t: "d" },
      { n: 4, t: "h" },
    ]);
    expect(dropped).toEqual({ text_after_quote: [2, 4] });
  });

  it("are understood alike wherever a block ends", async () => {
    let content = "n,t\n";
    for (let i = 0; i < 40; i++) content += `${i},"a\n""${i}"\n${i},b"\n${i},"c"d\n${i},"e,\n",x\n`;
    content += `1,"never\n${"2,y\n".repeat(70)}3,"z`;
    const { batches, ...whole } = await scanned(written(content), plan);
    expect(whole.dropped).toMatchObject({ text_after_quote: { count: 40 }, unclosed_quote: [242, 313] });
    for (const blockBytes of [7, 13, 64, 301]) {
      const { batches: parts, ...all } = await scanned(written(content), plan, { workers: 0, blockBytes });
      expect(parts).toBeGreaterThan(1);
      expect(all).toEqual(whole);
    }
  });
});

describe("files that are refused", () => {
  const read = async (path: string): Promise<unknown> => {
    try {
      return await scanned(path, plan);
    } catch (error) {
      return error;
    }
  };

  const refused = async (path: string, kind: typeof DataError, words: string): Promise<void> => {
    const error = (await read(path)) as Error;
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toContain(words);
  };

  it("empty ones, not those with nothing but a header", async () => {
    await refused(written(""), FormatError, "is empty");
    await refused(written("\ufeff"), FormatError, "is empty");
    await refused(written("\n\n"), FormatError, "blank lines only");
    await refused(written(gzipSync("")), FormatError, "is empty");
    expect(await scan("n,t")).toMatchObject({ rows: [], rowsRead: 0, dropped: {}, repaired: {} });
  });

  it("another header", async () => {
    await refused(
      written("n,x\n1,2\n"),
      FormatError,
      'line 1 is not the header that was expected: field 2 is "x", not "t"',
    );
  });

  it("a line of 1 GB, after the rows before it", async () => {
    const path = written("n,t\n1,a\n");
    const file = openSync(path, "r+");
    ftruncateSync(file, 2 ** 30); // zeros that take no room on the disk
    closeSync(file);
    const before = process.memoryUsage().arrayBuffers;
    const counts = { dropped: new Tally(), repaired: new Tally(), rowsRead: 0 };
    const all = async (): Promise<void> => {
      for await (const { table } of scanCsv(path, plan, counts)) expect(table.rows).toBe(1);
    };
    await expect(all()).rejects.toThrow("line 3 is longer than 64 MiB");
    expect(counts.rowsRead).toBe(1);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 28);
    const asLines = async (): Promise<void> => {
      for await (const { lines } of readLines(path, new Tally())) expect(lines.length).toBe(2);
    };
    await expect(asLines()).rejects.toThrow("line 3 is longer than 64 MiB");
  });

  it("gzip that is truncated or corrupt, after the rows before the fault", async () => {
    let content = "n,t\n";
    for (let i = 0; i < 50_000; i++) content += `${i},${(i * 7919) % 10007}\n`;
    const whole = gzipSync(content);
    expect(await read(written(whole))).toMatchObject({ rowsRead: 50_000 });
    await refused(written(whole.subarray(0, whole.length / 2)), FormatError, "ends too early");
    const damaged = Buffer.from(whole);
    damaged.fill(0x55, whole.length / 2, whole.length / 2 + 64);
    await refused(written(damaged), FormatError, "is corrupt");
  });

  it("a gzip bomb, not a very repetitive file", async () => {
    const part = gzipSync(Buffer.alloc(2 ** 24, `${"0".repeat(1023)}\n`));
    const drained = async (path: string): Promise<number> => {
      const source = await openText(path, new Tally());
      const into = new Uint8Array(2 ** 20);
      let bytes = 0;
      try {
        for (let count = await source.read(into); count > 0; count = await source.read(into)) bytes += count;
      } finally {
        await source.close();
      }
      return bytes;
    };
    expect(await drained(written(...Array<Uint8Array>(4).fill(part)))).toBe(4 * 2 ** 24);
    await expect(drained(written(...Array<Uint8Array>(65).fill(part)))).rejects.toThrow(
      "expands more than 200 times and beyond 1 GiB",
    );
  });

  it("one that changes while it is read", async () => {
    const path = written("n,t\n", "1,a\n".repeat(10_000));
    const counts = { dropped: new Tally(), repaired: new Tally(), rowsRead: 0 };
    let batches = 0;
    const all = async (): Promise<void> => {
      for await (const _ of scanCsv(path, plan, counts, { blockBytes: 4000, workers: 1 }))
        if (++batches === 2) appendFileSync(path, "2,b\n");
    };
    await expect(all()).rejects.toThrow(/changed while being read \(40004 bytes before, 40008 after\)/);
  });

  it("what is no file: a folder, a FIFO, a socket, a device, nothing", async () => {
    await refused(folder.path, DataError, "is a folder, a regular file was expected");
    const fifo = join(folder.path, "fifo");
    execFileSync("mkfifo", [fifo]);
    await refused(fifo, DataError, "is a FIFO");
    expect(() => readHead(fifo)).toThrow("is a FIFO");
    await refused("/dev/null", DataError, "is a device");
    await refused(join(folder.path, "none"), DataError, "is not there");
    const server = createServer();
    const socket = join(folder.path, "socket");
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    await refused(socket, DataError, "is a socket");
    server.close();
  });

  it("shows a name with a newline on one line, and reads it", async () => {
    const path = folder.write("a\nb.csv", "n,t\n1,a\n");
    expect((await scanned(path, plan)).rows.length).toBe(1);
    const empty = folder.write("c\nd.csv", "");
    await refused(empty, FormatError, "c\\nd.csv is empty");
    await refused(join(folder.path, "e\nf"), DataError, "e\\nf is not there");
  });

  it("keeps an open file for nobody", async () => {
    const path = written("n,t\n1,a\n");
    const file = openSync(path, "a");
    writeSync(file, "2,b\n");
    closeSync(file);
    await scanned(path, plan);
    expect(process.getActiveResourcesInfo().filter((name) => /File|Worker|FSReq/.test(name))).toEqual([]);
  });
});
