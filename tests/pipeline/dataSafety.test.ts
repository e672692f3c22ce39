import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { mounts } from "./mounts.js";
import { Sandbox } from "./sandbox.js";

const remote = "[core]\n    remote = store\n['remote \"store\"']\n    url = ../store\n";
const object = (box: Sandbox, oid: string): string =>
  box.path(`.dvc/cache/files/md5/${oid.slice(0, 2)}/${oid.slice(2)}`);
const ONE = "b026324c6904b2a9cb4b88d6d61c81d1"; // md5 of "1\n"
const TWO = "26ab0db90d72e28ad0ba1e22ee510510"; // md5 of "2\n"

let box: Sandbox;
afterEach(() => box.remove());

describe("what is saved nowhere is not lost", () => {
  it("checkout leaves everything as it is when one changed file is not in the cache; -f says go", () => {
    box = new Sandbox({ "a.bin": "1\n", "d/x": "1\n", "d/y": "2\n" });
    box.nidslab("add", "a.bin", "d");
    box.write({ "a.bin": "2\n", "d/x": "only here\n" });
    const { code, stdout, stderr } = box.nidslab("checkout");
    expect([code, stdout]).toEqual([255, ""]);
    expect(stderr).toBe(
      "ERROR: Can't remove the following unsaved files without confirmation. Use `--force` to force.\n" +
        `${box.path("d/x")}\n`,
    );
    expect([box.read("a.bin"), box.read("d/x")]).toEqual(["2\n", "only here\n"]);
    expect(box.nidslab("checkout", "-f").stdout).toBe("M       d/\nM       a.bin\n");
    expect([box.read("a.bin"), box.read("d/x")]).toEqual(["1\n", "1\n"]);
  });

  it("checkout of one file of a folder leaves the others", () => {
    box = new Sandbox({ "d/x": "1\n", "d/y": "2\n" });
    box.nidslab("add", "d");
    box.write({ "d/x": "2\n", "d/y": "only here\n" });
    expect(box.nidslab("checkout", "d/x").code).toBe(0);
    expect([box.read("d/x"), box.read("d/y")]).toEqual(["1\n", "only here\n"]);
  });

  it("a damaged object replaces nothing: the folder stays as it is, and a pull mends it", () => {
    box = new Sandbox({ "d/x": "1\n", "d/y": "2\n", ".dvc/config": remote });
    box.nidslab("add", "d");
    expect(box.nidslab("push").stdout).toBe("3 files pushed\n");
    box.write({ "d/x": "2\n", "d/z": "2\n" });
    chmodSync(object(box, ONE), 0o644);
    writeFileSync(object(box, ONE), "rotten\n");
    chmodSync(object(box, ONE), 0o444);
    const { code, stderr } = box.nidslab("checkout");
    expect(code).toBe(255);
    expect(stderr).toContain("was damaged");
    expect([box.read("d/x"), box.read("d/z")]).toEqual(["2\n", "2\n"]);
    expect(box.nidslab("pull", "-f").code).toBe(0);
    expect([box.read("d/x"), existsSync(box.path("d/z"))]).toEqual(["1\n", false]);
  });

  it("a damaged object of the remote is not brought", () => {
    box = new Sandbox({ "a.bin": "1\n", ".dvc/config": remote });
    box.nidslab("add", "a.bin");
    box.nidslab("push");
    const kept = box.path(`store/files/md5/${ONE.slice(0, 2)}/${ONE.slice(2)}`);
    chmodSync(kept, 0o644);
    writeFileSync(kept, "rotten\n");
    rmSync(box.path(".dvc/cache"), { recursive: true });
    const { code, stderr } = box.nidslab("fetch");
    expect(code).toBe(1);
    expect(stderr).toContain("is damaged");
    expect(existsSync(object(box, ONE))).toBe(false);
  });

  it("an object that is missing: the file stays, the output is named", () => {
    box = new Sandbox({ "a.bin": "1\n" });
    box.nidslab("add", "a.bin");
    rmSync(box.path(".dvc/cache"), { recursive: true });
    box.write({ "a.bin": "2\n" });
    const { code, stderr } = box.nidslab("checkout", "-f");
    expect(code).toBe(255);
    expect(stderr).toContain("Checkout failed for following targets:\na.bin\nIs your cache up to date?");
    expect(box.read("a.bin")).toBe("2\n");
    expect(box.nidslab("checkout", "--allow-missing").code).toBe(0);
  });

  it("import-url over an existing output: a source that is gone leaves it", () => {
    box = new Sandbox({ "src/f": "1\n", "out/old": "2\n" });
    expect(box.nidslab("import-url", "-f", "nosuch", "q").code).toBe(1);
    expect(box.nidslab("import-url", "src", "fresh").code).toBe(0);
    rmSync(box.path("src"), { recursive: true });
    box.nidslab("unfreeze", "fresh.dvc");
    const { code, stderr } = box.nidslab("repro", "fresh.dvc");
    expect([code, stderr]).toEqual([
      255,
      "ERROR: failed to reproduce 'fresh.dvc': dependency 'src' does not exist\n",
    ]);
    expect(box.read("fresh/f")).toBe("1\n");
  });

  it("a cache that cannot be written: add fails clearly, tracks nothing, and works again after", () => {
    box = new Sandbox({ "a.bin": "1\n", ".dvc/cache": "a file where the folder should be" });
    const { code, stderr } = box.nidslab("add", "a.bin");
    expect(code).not.toBe(0);
    expect(stderr).toContain(".dvc/cache");
    expect(box.read("a.bin")).toBe("1\n");
    expect(existsSync(box.path("a.bin.dvc"))).toBe(false);
    rmSync(box.path(".dvc/cache"));
    expect(box.nidslab("add", "a.bin").code).toBe(0);
    expect(existsSync(object(box, ONE))).toBe(true);
  });

  it.skipIf(!mounts)("a full disk under the cache (skipped where a tmpfs cannot be mounted)", () => {
    box = new Sandbox({ "small.bin": "1\n", "big.bin": "x".repeat(60_000) });
    mkdirSync(box.path(".dvc/cache"));
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=32k", "tmpfs", box.path(".dvc/cache")]);
    try {
      const { code, stderr } = box.nidslab("add", "big.bin");
      expect(code).not.toBe(0);
      expect(stderr).toContain("the disk is full");
      expect(existsSync(box.path("big.bin.dvc"))).toBe(false);
      expect(statSync(box.path("big.bin")).size).toBe(60_000);
      const left = readdirSync(box.path(".dvc/cache"), { recursive: true, withFileTypes: true });
      expect(left.filter((entry) => entry.isFile())).toEqual([]);
      expect(box.nidslab("add", "small.bin").code).toBe(0);
      execFileSync("mount", ["-o", "remount,ro", box.path(".dvc/cache")]);
      box.write({ "small.bin": "2\n" });
      expect(box.nidslab("add", "small.bin").stderr).toContain("not permitted");
      expect(box.read("small.bin.dvc")).toContain(ONE);
      execFileSync("mount", ["-o", "remount,rw", box.path(".dvc/cache")]);
      expect(box.nidslab("add", "small.bin").code).toBe(0);
    } finally {
      execFileSync("umount", [box.path(".dvc/cache")]);
    }
  });
});

describe("gc", () => {
  it("asks, and without an answer deletes nothing; keeps what another branch needs when told so", () => {
    box = new Sandbox({ "a.bin": "1\n" });
    box.nidslab("add", "a.bin");
    box.git("add", "-A");
    box.git("commit", "-qm", "one");
    box.git("branch", "old");
    box.write({ "a.bin": "2\n" });
    box.nidslab("add", "a.bin");
    expect(box.nidslab("gc").code).toBe(255);
    expect(box.nidslab("gc", "-w")).toMatchObject({
      code: 1,
      stdout: "Are you sure you want to proceed? [y/n]: ",
    });
    expect(box.nidslab("gc", "-a", "-f").stdout).toBe(
      "No unused 'repo' cache to remove.\nNo unused 'legacy' cache to remove.\n",
    );
    expect(box.nidslab("gc", "-w", "--dry").stdout).toContain(
      `Removing ${object(box, ONE)}\nRemoved 1 objects`,
    );
    expect(existsSync(object(box, ONE))).toBe(true);
    expect(box.nidslab("gc", "-w", "-f").stdout).toContain("Removed 1 objects from repo cache.");
    expect([existsSync(object(box, ONE)), existsSync(object(box, TWO))]).toEqual([false, true]);
  });
  it("a revision that cannot be read: nothing is deleted", () => {
    box = new Sandbox({ "a.bin": "1\n", "dvc.yaml": "stages: {a: {cmd: [}}\n" });
    box.git("add", "-A");
    box.git("commit", "-qm", "broken");
    box.write({ "dvc.yaml": "" });
    box.nidslab("add", "-q", "--no-commit", "dvc.yaml");
    box.write({ "b.bin": "2\n" });
    box.nidslab("add", "b.bin");
    rmSync(box.path("b.bin.dvc"));
    const { code, stderr } = box.nidslab("gc", "-a", "-f");
    expect(code).toBe(255);
    expect(stderr).toContain("Failed to collect '");
    expect(existsSync(object(box, TWO))).toBe(true);
  });
  it("refuses -p by name", () => {
    box = new Sandbox({});
    expect(box.nidslab("gc", "-w", "-p").stderr).toContain("does not support -p/--projects");
  });
});

describe("symbolic links", () => {
  it("a folder behind a link inside data is left out as DVC does, and named", () => {
    box = new Sandbox({ "d/x": "1\n", "else/y": "2\n" });
    symlinkSync("../else", box.path("d/link"));
    const { code, stderr } = box.nidslab("add", "d");
    expect(code).toBe(0);
    expect(stderr).toContain(`WARNING: '${box.path("d/link")}' is a symbolic link to a folder`);
    expect(box.read("d.dvc")).toContain("nfiles: 1\n");
  });
  it("a data folder that is a link is refused by add, and as a dependency counts as what it points to", () => {
    box = new Sandbox({
      "real/x": "1\n",
      "dvc.yaml": "stages:\n  a:\n    cmd: cat data/x > o\n    deps: [data]\n    outs: [o]\n",
    });
    symlinkSync("real", box.path("data"));
    expect(box.nidslab("add", "data")).toMatchObject({ code: 1 });
    expect(box.nidslab("repro").code).toBe(0);
    box.write({ "real/x": "2\n" });
    expect(box.nidslab("status").stdout).toContain("modified:           data");
  });
  it("a broken link is a clear error", () => {
    box = new Sandbox({ "d/x": "1\n" });
    symlinkSync("nothing", box.path("broken"));
    symlinkSync("nothing", box.path("d/broken"));
    expect(box.nidslab("add", "broken").stderr).toContain(
      "is a symbolic link to something that is not there",
    );
    expect(box.nidslab("add", "d").stderr).toContain(`No such file or directory: '${box.path("d/broken")}'`);
  });
});

describe("kinds of links", () => {
  const yaml =
    "stages:\n  a:\n    cmd: echo 1 >> o && mkdir -p p && cat o > p/x\n    deps: [in]\n    outs: [o, {p: {persist: true}}]\n";
  it("a persistent output is made writable before its stage runs, and the cache keeps its object", () => {
    box = new Sandbox({ "dvc.yaml": yaml, in: "1\n", ".dvc/config": "[cache]\n    type = symlink\n" });
    box.nidslab("repro");
    expect(lstatSync(box.path("p/x")).isSymbolicLink()).toBe(true);
    box.write({ in: "2\n" });
    expect(box.nidslab("repro", "-f").code).toBe(0);
    expect(box.shell(`md5sum < ${object(box, ONE)}`).stdout).toContain(ONE);
  });
  it("--relink follows a change of cache.type", () => {
    box = new Sandbox({ "a.bin": "1\n", ".dvc/config": "[cache]\n    type = hardlink,copy\n" });
    box.nidslab("add", "a.bin");
    expect(statSync(box.path("a.bin")).nlink).toBe(2);
    box.write({ ".dvc/config": "[cache]\n    type = copy\n" });
    expect(box.nidslab("checkout", "--relink").stdout).toBe("Relinked successfully\n");
    const { nlink, mode } = statSync(box.path("a.bin"));
    expect([nlink, mode & 0o200]).toEqual([1, 0o200]);
  });
});

describe("configuration", () => {
  it("later files replace earlier ones: system, user, .dvc/config, .dvc/config.local", () => {
    box = new Sandbox({
      "a.bin": "1\n",
      "sys/config": "[cache]\n    dir = sys-cache\n",
      "user/config": "[cache]\n    dir = user-cache\n",
    });
    const run = (): string =>
      box.shell(
        "DVC_SYSTEM_CONFIG_DIR=$PWD/sys DVC_GLOBAL_CONFIG_DIR=$PWD/user node --input-type=module -e " +
          `'const { Config } = await import("${process.cwd()}/dist/pipeline/config.js"); console.log(Config.read(".").cacheFolder)'`,
      ).stdout;
    expect(run()).toBe(`${box.path("user/user-cache")}\n`);
    box.write({ ".dvc/config": "[Cache]\n    dir = '../three'   # there\n" });
    expect(run()).toBe(`${box.path("three")}\n`);
    box.write({ ".dvc/config.local": "[cache]\n    dir = /four\n" });
    expect(run()).toBe("/four\n");
  });
  it.each([
    ["[core]\n    nosuch = 1\n", "extra keys not allowed @ data['core']['nosuch']"],
    ["[nosuch]\n    a = 1\n", "extra keys not allowed @ data['nosuch']"],
    [
      "[cache]\n    type = rubber\n",
      "Unsupported cache type(s): rubber for dictionary value @ data['cache']['type']",
    ],
    [
      "[core]\n    autostage = maybe\n",
      "expected true or false for dictionary value @ data['core']['autostage']",
    ],
    ["[cache]\n    local = x\n", "local is a setting of DVC before 3.0"],
  ])("%j is refused", (config, message) => {
    box = new Sandbox({ ".dvc/config": config });
    const { code, stderr } = box.nidslab("status");
    expect(code).toBe(251);
    expect(stderr).toContain(`ERROR: configuration error - config file error: ${message}`);
  });
  it("a remote that is no folder is DVC's: it is run, or the command is named", () => {
    box = new Sandbox({
      "a.bin": "1\n",
      ".dvc/config": "[core]\n    remote = far\n['remote \"far\"']\n    url = s3://bucket/x\n",
      "bin/dvc": '#!/bin/sh\necho "dvc called: $*"\nexit 7\n',
    });
    box.nidslab("add", "a.bin");
    chmodSync(box.path("bin/dvc"), 0o755);
    const call = (dvc: string, ...args: string[]) =>
      box.shell(
        `NIDSLAB_DVC=${dvc} PATH=${dvc === "" ? "/nowhere" : "$PATH"} ${process.execPath} ${process.cwd()}/bin/nidslab ${args.join(" ")}`,
      );
    expect(call("$PWD/bin/dvc", "push", "-r", "far", "a.bin.dvc")).toMatchObject({
      code: 7,
      stdout: "dvc called: push -r far a.bin.dvc\n",
    });
    const none = call("", "pull", "a.bin.dvc");
    expect(none.code).toBe(1);
    expect(none.stderr).toContain("remote 'far' is s3://bucket/x");
    expect(none.stderr).toContain("\tdvc pull a.bin.dvc\n");
  });
});
