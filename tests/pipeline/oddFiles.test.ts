import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { inTheWay } from "#lib/pipeline/checkout.js";
import { eachChunk, md5OfFile } from "#lib/pipeline/chunks.js";
import { TEMPORARY, temporaryBeside } from "#lib/pipeline/temporary.js";
import { Sandbox } from "./sandbox.js";

let box: Sandbox;
afterEach(() => box?.remove());

const ONE = "b026324c6904b2a9cb4b88d6d61c81d1"; // md5 of "1\n"

describe("large objects", () => {
  it("are read in chunks that are full but for the last", () => {
    const folder = mkdtempSync(join(tmpdir(), "nidslab-chunks-"));
    try {
      const path = join(folder, "f");
      const chunks = (text: string): string[] => {
        writeFileSync(path, text);
        const found: string[] = [];
        eachChunk(path, (chunk) => found.push(chunk.toString()), 4);
        return found;
      };
      expect(chunks("abcdefghij")).toEqual(["abcd", "efgh", "ij"]);
      expect(chunks("abcd")).toEqual(["abcd"]);
      expect(chunks("")).toEqual([]);
      writeFileSync(path, "1\n");
      expect(md5OfFile(path, 1)).toBe(ONE);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("are looked for and copied to a remote without being in memory as a whole", () => {
    const zeros = "7f614da9329cd3aebf59b91aadc30bf0"; // md5 of 64 MiB of zeros
    box = new Sandbox({});
    const object = box.path(`.dvc/cache/files/md5/${zeros.slice(0, 2)}/${zeros.slice(2)}`);
    mkdirSync(dirname(object), { recursive: true });
    writeFileSync(object, "");
    truncateSync(object, 64 << 20);
    const script = `
      const { ObjectStore } = await import("${process.cwd()}/dist/pipeline/cache.js");
      const [cache, remote] = [new ObjectStore(".dvc/cache"), new ObjectStore("store")];
      const before = process.resourceUsage().maxRSS;
      const found = [cache.has("${zeros}"), remote.copyFrom(cache, "${zeros}"), remote.has("${zeros}")];
      console.log(JSON.stringify([...found, process.resourceUsage().maxRSS - before < 32 * 1024]));`;
    const { stdout, stderr } = box.run(process.execPath, "--input-type=module", "-e", script);
    expect([stdout, stderr]).toEqual(["[true,1,true,true]\n", ""]);
  });

  it("a damaged object of a remote: what to do holds for any remote", () => {
    box = new Sandbox({ "a.bin": "1\n", ".dvc/config": "['remote \"far\"']\n    url = ../store\n" });
    box.nidslab("add", "a.bin");
    box.nidslab("push", "-r", "far");
    const kept = box.path(`store/files/md5/${ONE.slice(0, 2)}/${ONE.slice(2)}`);
    chmodSync(kept, 0o644);
    writeFileSync(kept, "rotten\n");
    rmSync(box.path(".dvc/cache"), { recursive: true });
    const { stderr } = box.nidslab("fetch", "-r", "far");
    expect(stderr).toContain(
      "Delete it and bring it again: into a cache with pull or repro, to a remote with push",
    );
  });
});

describe("checkout of many files", () => {
  it("knows which files are in the way of others", () => {
    const wanted = ["a/b", "c", "k"].map((relpath) => ({ relpath, wanted: ONE }));
    const gone = ["a", "c/d/e", "ab", "x/y", "kk/z"].map((relpath) => ({ relpath, old: ONE }));
    expect(inTheWay([...wanted, ...gone])).toEqual(["a", "c/d/e"]);
  });

  it("20,000 files that were renamed do not take minutes", () => {
    const steps = Array.from({ length: 20_000 }, (_, i) => [
      { relpath: `old/${i}`, old: ONE },
      { relpath: `new/${i}`, wanted: ONE },
    ]).flat();
    const start = performance.now();
    expect(inTheWay(steps)).toEqual([]);
    expect(performance.now() - start).toBeLessThan(2000);
  });

  it("import-url leaves out what is ignored and keeps the folders", () => {
    box = new Sandbox({ "src/a/b/f": "1\n", "src/g": "2\n", "src/h.log": "3\n", ".dvcignore": "*.log\n" });
    expect(box.nidslab("import-url", "src", "out").code).toBe(0);
    expect([box.read("out/a/b/f"), box.read("out/g")]).toEqual(["1\n", "2\n"]);
    expect(existsSync(box.path("out/h.log"))).toBe(false);
  });
});

describe("temporary names", () => {
  it.each(["a.txt", ".hidden", "odd\nname", "é".repeat(127), "cd0123456789abcdef0123456789ab.dir"])(
    "beside %j: hidden, short enough, found again",
    (name) => {
      const path = temporaryBeside(join("/some", name));
      expect(dirname(path)).toBe("/some");
      expect(basename(path)).toMatch(TEMPORARY);
      expect(Buffer.byteLength(basename(path))).toBeLessThan(256);
      expect(path).not.toBe(temporaryBeside(join("/some", name)));
    },
  );

  it.each([".keep", "a.0123abcd.tmp", ".a.0123abc.tmp", ".a.0123ABCD.tmp", ".tmp"])(
    "%j is somebody else's",
    (name) => expect(name).not.toMatch(TEMPORARY),
  );
});

describe("what is neither file nor folder", () => {
  it("is refused by name: in a folder, by itself, as a dependency", () => {
    box = new Sandbox({
      "d/x": "1\n",
      "dvc.yaml": "stages:\n  a:\n    cmd: touch o\n    deps: [p]\n    outs: [o]\n",
    });
    box.shell("mkfifo d/pipe p");
    const said = (path: string): string =>
      `'${box.path(path)}' is a named pipe: only files and folders have content`;
    const within = (line: string) =>
      box.shell(`timeout 20 ${process.execPath} ${process.cwd()}/bin/nidslab ${line}`);
    for (const [line, path] of [
      ["add d", "d/pipe"],
      ["status", "p"],
      ["repro", "p"],
    ]) {
      const { code, stderr } = within(line);
      expect([line, code === 124, code === 0]).toEqual([line, false, false]);
      expect(stderr).toContain(said(path));
    }
    rmSync(box.path("dvc.yaml"));
    expect(within("add p").stderr).toContain(said("p"));
    box.write({ ".dvcignore": "pipe\n" });
    expect(within("add d").code).toBe(0);
  });

  it("a name that is not UTF-8 is refused and shown", () => {
    box = new Sandbox({ "d/x": "1\n" });
    box.shell("touch $'d/caf\\xe9'");
    const { code, stderr } = box.nidslab("add", "d");
    expect(code).toBe(1);
    expect(stderr).toContain(`'${box.path("d")}/caf\\xe9' has a name that is not UTF-8`);
    box.shell("rm $'d/caf\\xe9'; mkdir $'d/caf\\xe9'; touch $'d/caf\\xe9/y'");
    expect(box.nidslab("add", "d").stderr).toContain(
      `'${box.path("d")}/caf\\xe9' has a name that is not UTF-8`,
    );
    box.shell("rm -r $'d/caf\\xe9'");
    box.write({ "d/caf\uFFFD": "a name with U+FFFD in it is UTF-8\n" });
    expect(box.nidslab("add", "d").code).toBe(0);
  });
});

describe("a cache that is a file", () => {
  it.each(["status", "repro", "add b", "checkout", "push"])("%s says what to do", (verb) => {
    box = new Sandbox({
      b: "2\n",
      ".dvc/config": "[core]\n    remote = store\n['remote \"store\"']\n    url = ../store\n",
      "dvc.yaml": "stages:\n  a:\n    cmd: echo 1 > o\n    outs: [o]\n",
    });
    box.nidslab("repro");
    if (verb === "checkout") rmSync(box.path("o"));
    rmSync(box.path(".dvc/cache"), { recursive: true });
    box.write({ ".dvc/cache": "a file" });
    const { code, stderr } = box.nidslab(...verb.split(" "));
    expect(code).not.toBe(0);
    expect(stderr).toContain(
      `${box.path(".dvc/cache")} cannot hold objects: it, or something in it, is a file where a folder has to be. ` +
        "Move that file away, or name another folder (cache.dir for the cache, url for a remote).",
    );
    expect(stderr).not.toContain("ENOTDIR");
  });
});
