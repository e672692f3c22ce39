import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../temporary.js";
import { labelledLog } from "../zeekLog.js";

const folder = temporaryFolder();
const log = labelledLog([
  ["Benign", "-", { uid: "C1" }],
  ["Malicious", "PortScan", { uid: "C2", conn_state: "S0" }],
]);

function nidslab(...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(resolve("bin", "nidslab"), args, {
    cwd: folder.path,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });
  return { code: status, out: stdout, err: stderr };
}

/** Run it: it must fail with this code and one message, no trace, and leave no file behind. */
function fails(code: number, ...args: string[]): string {
  const before = readdirSync(folder.path, { recursive: true });
  const result = nidslab(...args);
  expect(result).toMatchObject({ code, out: "" });
  expect(result.err).not.toMatch(/^ {4}at |NIDSLAB_DEBUG/m);
  expect(readdirSync(folder.path, { recursive: true })).toEqual(before);
  return result.err;
}

describe("nidslab audit", () => {
  it("gives files and totals as JSON, and a page", () => {
    folder.write("logs/conn.log.labeled", `${log}1600000000.5\tC3\n`);
    const { code, out } = nidslab("audit", "logs", "--json", "--html", "audit.html");
    expect(code).toBe(0);
    const { files, totals } = JSON.parse(out);
    expect(files).toMatchObject([
      {
        path: "conn.log.labeled",
        dialect: "zeek",
        rows: 3,
        bad_rows: { too_few_fields: 1 },
        labels: { Benign: 1, "Malicious/PortScan": 1 },
      },
    ]);
    expect(totals).toMatchObject({ files: 1, rows: 3, bad_rows: 1, duplicates: 0, contradictory: 0 });
    expect(readFileSync(`${folder.path}/audit.html`, "utf8")).toContain("<h1>Audit of logs</h1>");
  });

  it("shows a name with a newline on one line", () => {
    folder.write("odd/a\nconn.log", log);
    const { code, out } = nidslab("audit", "odd");
    expect(code).toBe(0);
    expect(out).toContain("\na\\nconn.log  zeek  2 rows");
  });

  it("looks at a plain table whose labels are named", () => {
    const rows = Array.from(
      { length: 60 },
      (_, i) => `${i % 7},${i % 3},${i % 3 === 0 ? "scan" : "normal"}\n`,
    );
    folder.write("table.csv", `x,told,class\n${rows.join("")}`);
    const { files, shortcuts } = JSON.parse(nidslab("audit", "table.csv", "--target", "class", "--json").out);
    expect(files[0]).toMatchObject({ dialect: "table", rows: 60, labels: { normal: 40, scan: 20 } });
    expect(shortcuts.columns[0]).toMatchObject({ column: "told", shortcut: true });
    expect(fails(1, "audit", "table.csv", "--target", "clas")).toContain('Did you mean "class"?');
  });

  it("refuses wrong usage before it reads", () => {
    folder.write("one.log", log);
    mkdirSync(`${folder.path}/page`, { recursive: true });
    expect(fails(2, "audit")).toBe(
      "nidslab: audit: 0 paths given, expected one. Example: nidslab audit data/testbed\n",
    );
    expect(fails(2, "audit", "one.log", "--dialect", "zek")).toMatch(
      /^nidslab: audit: --dialect zek is not known \(has: auto, zeek, .*\)\. Did you mean "zeek"\?\n$/,
    );
    expect(fails(2, "audit", "one.log", "--html", "page")).toBe(
      "nidslab: audit: --html page is a folder. Name a file: --html page/audit.html\n",
    );
    expect(fails(2, "audit", "one.log", "--jsn")).toBe(
      "nidslab: audit: Unknown option '--jsn'. See nidslab audit --help.\n",
    );
  });

  it("names what cannot be read in one message", () => {
    const remedy = "See nidslab datasets for what can be read.\n";
    folder.write("empty.csv", "");
    folder.write("KDDTrain+.txt", "duration,src\n1,2\n");
    folder.write("notes/a.txt", "hello\n");
    folder.write("cut.log.gz", gzipSync(log).subarray(0, -12));
    spawnSync("mkfifo", [`${folder.path}/pipe`]);
    expect(fails(1, "audit", "nothing")).toBe(
      "nidslab: audit: nothing is not there. Name a file or folder that nidslab datasets says can be read.\n",
    );
    expect(fails(1, "audit", "empty.csv")).toBe(
      `nidslab: read: empty.csv is of no known dialect (it is empty). ${remedy}`,
    );
    expect(fails(1, "audit", "KDDTrain+.txt")).toMatch(/of no known dialect \(nsl-kdd: no columns "protocol/);
    expect(fails(1, "audit", "notes")).toMatch(
      /^nidslab: read: notes holds no file that can be read .*\n {2}a\.txt: neither the header nor the columns of any dialect\nA table of your own needs .*audit --target COLUMN.*\n$/,
    );
    expect(fails(1, "audit", "notes", "--files", "*.csv")).toContain(
      "no file in notes matches *.csv; it has a.txt.",
    );
    expect(fails(1, "audit", "cut.log.gz")).toContain("cut.log.gz: the gzip stream ends too early");
    expect(fails(1, "audit", "pipe")).toContain("pipe is a FIFO, a regular file was expected.");
  });
});

describe("nidslab datasets", () => {
  it("lists what can be read, and says more of one", () => {
    const { out } = nidslab("datasets");
    expect(out).toMatch(/^zeek {2}Zeek conn\.log.*\n {2}needs: .*\n\nnsl-kdd {2}/);
    expect(out).not.toContain("labels:");
    expect(nidslab("datasets", "argus").out).toMatch(
      /^argus {2}.*\n {2}needs: .*\n {2}row: .*\n {2}labels: /,
    );
    expect(fails(2, "datasets", "argos")).toMatch(
      /^nidslab: datasets: "argos" is not known .* Did you mean "argus"\?\n$/,
    );
  });
});

describe("nidslab label", () => {
  const rules = "Malicious, Scan:\n    - dstPort=80\n";

  it("writes the labelled log and says what it counted", () => {
    folder.write("rules", rules);
    const record = '{"ts":1.5,"id.orig_h":"10.0.0.1","id.resp_p":80,"conn_state":"SF"}';
    folder.write("conn.json", `${record}${record}\n${record}{"ts":1.\n`);
    const { code, err } = nidslab("label", "rules", "conn.json", "--out", "labelled.json");
    expect([code, err]).toEqual([
      0,
      "label: 3 rows\n  3  Malicious, Scan\nlabel: 1 rows left out: torn_record (line 2)\n" +
        "label: 1 repaired: two_records_on_a_line (line 1)\n",
    ]);
    expect(readFileSync(`${folder.path}/labelled.json`, "utf8").trimEnd().split("\n")).toHaveLength(3);
  });

  it("refuses wrong rules and logs with labels, and writes nothing", () => {
    folder.write("rules", rules);
    folder.write("wrong", "Malicious, Scan:\n    - srcIP=300.1.1.1\n");
    folder.write("labelled.log", log);
    expect(fails(2, "label", "rules")).toContain("two files are needed");
    expect(fails(1, "label", "wrong", "labelled.log", "--out", "no.log")).toContain(
      'wrong, line 2: srcIP=300.1.1.1: "300.1.1.1" is no address or network',
    );
    expect(fails(1, "label", "rules", "labelled.log", "--out", "no.log")).toContain(
      "the log has labels already",
    );
    expect(existsSync(`${folder.path}/no.log`)).toBe(false);
  });
});
