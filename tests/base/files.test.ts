import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { makeFolder, readText, replaceFile, writeFileAtomic, writeJson } from "#lib/base/files.js";

const folder = mkdtempSync(join(tmpdir(), "nidslab-files-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("files", () => {
  it("writes below folders that are not there yet", () => {
    writeJson(join(folder, "a/b/c.json"), { z: 1, a: 2 });
    expect(readFileSync(join(folder, "a/b/c.json"), "utf8")).toBe('{\n  "a": 2,\n  "z": 1\n}\n');
  });

  it("keeps the old file and leaves no temporary one when writing fails", async () => {
    const path = join(folder, "kept.txt");
    writeFileAtomic(path, "old");
    const failure = replaceFile(path, async (temporary) => {
      writeFileSync(temporary, "half");
      throw new Error("stopped");
    });
    await expect(failure).rejects.toThrow("stopped");
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it("says that the disk is full", async () => {
    const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    const failure = replaceFile(join(folder, "big"), async () => {
      throw full;
    });
    await expect(failure).rejects.toThrow("the disk is full");
    expect(existsSync(join(folder, "big"))).toBe(false);
  });

  it("replaces no device by a file", async () => {
    const why = "write: /dev/null: a device or a pipe is there. Name a file.";
    expect(() => writeFileAtomic("/dev/null", "text")).toThrow(why);
    await expect(replaceFile("/dev/null", async () => {})).rejects.toThrow(why);
  });

  it.runIf(process.platform === "linux")("says where no folder can be made", () => {
    const why = "write: /proc/none/below: its folder is not there and cannot be made. Name another place.";
    expect(() => makeFolder("/proc/none/below")).toThrow(why);
  });

  it("says that a file stands where a folder was expected", async () => {
    writeFileAtomic(join(folder, "plain"), "a file");
    const below = join(folder, "plain/below.txt");
    const why = "plain/below.txt: a part of its path is a file, a folder was expected. Name another place.";
    expect(() => writeFileAtomic(below, "x")).toThrow(why);
    await expect(replaceFile(below, async () => undefined)).rejects.toThrow(why);
  });

  it("says which file is missing and what to do", () => {
    expect(() => readText(join(folder, "no"), "Run nidslab repro.")).toThrow(
      /no is not there\. Run nidslab repro\./,
    );
  });
});
