import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { addEngine, removeEngine } from "#lib/engines/add.js";
import { lightgbm, renamedLibrary, xgboost } from "#lib/engines/catalog/boosting.js";
import { tfjsNode } from "#lib/engines/catalog/tfjsNode.js";
import { engineNamed, engines } from "#lib/engines/catalog.js";
import type { Engine } from "#lib/engines/engine.js";
import { npmFiles, untar } from "#lib/engines/npm.js";
import type { Ended, Tools } from "#lib/engines/tools.js";
import { trustedFolder } from "#lib/engines/trust.js";
import { temporaryFolder } from "../temporary.js";

const folder = temporaryFolder();
let before: string | undefined;

beforeEach(() => {
  before = process.env.NIDSLAB_ENGINES_DIR;
  process.env.NIDSLAB_ENGINES_DIR = join(folder.path, "engines");
});
afterEach(() => {
  if (before === undefined) delete process.env.NIDSLAB_ENGINES_DIR;
  else process.env.NIDSLAB_ENGINES_DIR = before;
});

/** A machine on which each program ends as it is told, or is not there. */
function machine(programs: Readonly<Record<string, (args: readonly string[]) => Ended>>): Tools {
  return { say: () => undefined, run: async (program, args) => programs[program]?.(args) ?? null };
}
const fine: Ended = { code: 0, out: "", err: "" };
const working = machine({
  "good-probe": () => fine,
  "bad-probe": () => ({ code: 1, out: "", err: "Error: too old\n" }),
});

const made = (name: string, content: string, probe = "good-probe"): Engine => ({
  name,
  adds: "a test",
  version: "1",
  needs: "nothing",
  disables: "nothing works",
  megabytes: 1,
  async install(at) {
    writeFileSync(join(at, "library.so"), content);
    return "a test";
  },
  libraries: () => ["library.so"],
  probe: () => ({ program: probe, args: [] }),
});

describe("engines add", () => {
  it("refuses a library that it does not know, and leaves nothing; --trust confirms it", async () => {
    const engine = made("one", "a stranger");
    await expect(addEngine(engine, working)).rejects.toThrow(
      /^engines: one: library\.so has SHA-256 [0-9a-f]{64}, which this kit does not know.*engines add one --trust$/,
    );
    expect(readdirSync(join(folder.path, "engines"))).toEqual([]);
    const { libraries } = await addEngine(engine, working, true);
    expect(Object.keys(libraries)).toEqual(["library.so"]);
    expect(await trustedFolder(engine)).toBe(join(folder.path, "engines", "one"));
  });

  it("loads nothing that has changed since", async () => {
    const engine = made("two", "a stranger");
    await addEngine(engine, working, true);
    writeFileSync(join(folder.path, "engines", "two", "library.so"), "another");
    await expect(trustedFolder(engine)).rejects.toThrow(
      /^engines: two: library\.so has SHA-256 .* is not loaded/,
    );
  });

  it("leaves what was there before when the new one does not load", async () => {
    await addEngine(made("three", "a stranger"), working, true);
    const bad = made("three", "worse", "bad-probe");
    await expect(addEngine(bad, working, true)).rejects.toThrow(
      "engines: three does not load here: Error: too old.",
    );
    expect(await trustedFolder(made("three", ""))).toContain("three");
    expect(readdirSync(join(folder.path, "engines")).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it("sweeps up what a process that is gone has left", async () => {
    const left = join(folder.path, "engines", ".four-999999999.tmp");
    mkdirSync(left, { recursive: true });
    await addEngine(made("four", "a stranger"), working, true);
    expect(existsSync(left)).toBe(false);
  });

  it("forgets on remove what was confirmed", async () => {
    const engine = made("five", "only here");
    await addEngine(engine, working, true);
    expect(removeEngine(engine)).toBe(true);
    expect(removeEngine(engine)).toBe(false);
    await expect(trustedFolder(engine)).rejects.toThrow(
      "engines: five is not added: nothing works. Add it: nidslab engines add five",
    );
    await expect(addEngine(engine, working)).rejects.toThrow(/does not know/);
  });

  it("says in one line which program is missing", async () => {
    const nothing = machine({});
    await expect(addEngine(lightgbm, nothing)).rejects.toThrow(
      /^engines: lightgbm needs python3 .*lacks\. Install it/,
    );
    await expect(addEngine(xgboost, nothing)).rejects.toThrow(
      /xgboost_node@0\.4\.2: npm is not there\. Install Node with npm/,
    );
    if (process.platform === "linux")
      await expect(addEngine(tfjsNode, nothing)).rejects.toThrow(/^engines: tfjs-node needs g\+\+/);
  });

  it("says in one line that the network is missing", async () => {
    const err =
      "WARNING: Retrying (Retry(total=0))\nERROR: Could not find a version that satisfies the requirement lightgbm==4.7.0\n" +
      "ERROR: No matching distribution found for lightgbm==4.7.0\n";
    const offline = machine({
      python3: (args) => (args.includes("install") ? { code: 1, out: "", err } : fine),
    });
    await expect(addEngine(lightgbm, offline)).rejects.toThrow(
      /^engines: pip could not fetch lightgbm==4\.7\.0: No matching distribution found for lightgbm==4\.7\.0\. Check the network/,
    );
  });

  it("knows its names", () => {
    expect(engines.map(({ name }) => name)).toEqual([
      "xgboost",
      "lightgbm",
      "catboost",
      "tfjs",
      "tfjs-node",
      "danfojs-node",
    ]);
    expect(() => engineNamed("xgbost")).toThrow(/no engine "xgbost" .* Did you mean "xgboost"\?/);
  });
});

describe("files of engines", () => {
  const header = Buffer.alloc(512);
  header.write("package/lib/a.so", 0);
  header.write("00000000003", 124);
  header.write("0", 156);
  const archive = Buffer.concat([header, Buffer.from("abc"), Buffer.alloc(509), Buffer.alloc(1024)]);

  it("come out of a tar archive", () => {
    expect([...untar(archive)].map(([name, bytes]) => [name, Buffer.from(bytes).toString()])).toEqual([
      ["package/lib/a.so", "abc"],
    ]);
  });

  it("come from npm without the package that holds them", async () => {
    const at = join(folder.path, "npm");
    mkdirSync(at);
    const npm = machine({
      npm() {
        writeFileSync(join(at, "a-1.tgz"), gzipSync(archive));
        return { ...fine, out: '[{"filename": "a-1.tgz"}]' };
      },
    });
    await npmFiles(npm, "a@1", at, ["lib/a.so"]);
    expect(readdirSync(at, { recursive: true }).sort()).toEqual(["lib", "lib/a.so"]);
    await expect(npmFiles(npm, "a@1", at, ["lib/b.so"])).rejects.toThrow(/^engines: a@1 holds no lib\/b\.so/);
  });

  it("get another name of their own, where it stands", () => {
    const library = Buffer.from("x\0libgomp-12.so.1\0y");
    expect(Buffer.from(renamedLibrary(library, "libgomp-12.so.1", "libgomp.so.1")).toString()).toBe(
      "x\0libgomp.so.1\0\0\0\0y",
    );
    expect(() => renamedLibrary(library, "libother.so", "a.so")).toThrow(/does not name itself so/);
  });
});
