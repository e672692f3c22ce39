import { execFileSync } from "node:child_process";
import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DataError } from "#lib/base/errors.js";
import { globPattern, placeOf, rawFiles, sourceNames } from "#lib/dataset/files.js";
import { temporaryFolder } from "../temporary.js";

const folder = temporaryFolder();
for (const name of ["b.log", "a/day2.log", "a/day1.log", "a/deep/x.log.gz", ".hidden/y.log"])
  folder.write(name, "x");

describe("rawFiles", () => {
  it("lists files in the order of their names, without hidden ones", () => {
    expect(rawFiles(folder.path, null).map((file) => file.name)).toEqual([
      "a/day1.log",
      "a/day2.log",
      "a/deep/x.log.gz",
      "b.log",
    ]);
  });
  it("keeps to globs, with both kinds of slashes", () => {
    const names = (globs: string[]): string[] => rawFiles(folder.path, globs).map((file) => file.name);
    expect(names(["a/*.log"])).toEqual(["a/day1.log", "a/day2.log"]);
    expect(names(["a\\day?.log"])).toEqual(["a/day1.log", "a/day2.log"]);
    expect(names(["**/x*"])).toEqual(["a/deep/x.log.gz"]);
    expect(() => names(["*.csv"])).toThrow(/matches \*\.csv; it has a\/day1\.log, /);
  });
  it("names what is no file, unless the globs leave it out", () => {
    const odd = join(folder.path, "odd");
    folder.write("odd/day1.log", "x");
    execFileSync("mkfifo", [join(odd, "pipe.log")]);
    expect(() => rawFiles(odd, null)).toThrow(
      /odd\/pipe\.log is a FIFO, a regular file was expected\. .*dataset\.files/,
    );
    expect(rawFiles(odd, ["day*"]).map(({ name }) => name)).toEqual(["day1.log"]);
    rmSync(join(odd, "pipe.log"));
    symlinkSync("nowhere", join(odd, "gone.log"));
    expect(() => rawFiles(odd, null)).toThrow(/odd\/gone\.log is a link to nothing/);
  });
  it("takes a path with backslashes", () => {
    expect(rawFiles(`${folder.path}\\a\\day1.log`.replaceAll("/", "\\"), null).map((f) => f.name)).toEqual([
      "day1.log",
    ]);
  });
  it("says how to get data that is not there", () => {
    expect(() => rawFiles(`${folder.path}/nowhere`, null)).toThrow(DataError);
    expect(() => rawFiles(`${folder.path}/nowhere`, null)).toThrow(
      /is not there\. Restore .* nidslab pull data\.dvc/,
    );
  });
});

describe("globPattern", () => {
  it("keeps * within a folder", () => {
    expect(globPattern("*.log").test("a/b.log")).toBe(false);
    expect(globPattern("**/*.log").test("b.log")).toBe(true);
    expect(globPattern("KDDTrain+.txt").test("KDDTrain+.txt")).toBe(true);
  });
});

describe("sourceNames", () => {
  it("drops extensions, and adds folders only where needed", () => {
    expect(sourceNames(["KDDTest+.txt.gz", "KDDTrain+.txt"])).toEqual(["KDDTest+", "KDDTrain+"]);
    expect(
      sourceNames(["site-a/day1.conn.log.labeled.gz", "site-b/day1.conn.log.labeled.gz", "c/x.log"]),
    ).toEqual(["site-a/day1", "site-b/day1", "x"]);
    expect(sourceNames(["x.log", "x.log.gz", "2018.03.12.log"])).toEqual(["x.log", "x.log.gz", "2018.03.12"]);
    expect(sourceNames(["conn.log"])).toEqual(["conn"]);
  });
});

describe("placeOf", () => {
  it("reads site and day from names", () => {
    expect(placeOf("site-a/day1.conn.log")).toEqual({ site: "a", day: "1" });
    expect(placeOf("x/site-b/sub/monday.log")).toEqual({ site: "b", day: null });
    expect(placeOf("conn.log")).toEqual({ site: null, day: null });
  });
});
