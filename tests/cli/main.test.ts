import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { groups } from "#lib/cli/main.js";

function nidslab(...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["bin/nidslab", ...args], {
    encoding: "utf8",
  });
  return { code: status, out: stdout, err: stderr };
}

const verbs = Object.entries(groups).flatMap(([, group]) => Object.entries(group));

describe("the program", () => {
  it("lists every verb with its summary", () => {
    const { code, out } = nidslab("--help");
    expect(code).toBe(0);
    const lines = out.split("\n").map((line) => line.trim().replace(/ {2,}/, ": "));
    for (const [name, { summary }] of verbs) expect(lines).toContain(`${name}: ${summary}`);
  });

  it("can be started by its name", () => {
    expect(statSync("bin/nidslab").mode & 0o111).toBe(0o111);
    const version = (JSON.parse(readFileSync("package.json", "utf8")) as { version: string }).version;
    expect(nidslab("--version")).toEqual({ code: 0, out: `${version}\n`, err: "" });
  });

  it("refuses a verb that it does not have, and says which is meant", () => {
    expect(nidslab("docter")).toEqual({
      code: 2,
      out: "",
      err: 'nidslab: unknown verb "docter". Did you mean "doctor"? nidslab --help lists them.\n',
    });
    expect(nidslab("--verson").err).toContain('unknown option "--verson"');
    expect(nidslab("constructor").code).toBe(2);
    expect(nidslab()).toMatchObject({ code: 2, out: "" });
  });

  it("says what a verb does without doing it", () => {
    const { code, out } = nidslab("notebook", "run", "no.ipynb", "--help");
    expect(code).toBe(0);
    expect(out).toContain("Usage: nidslab notebook run NOTEBOOK");
    expect(nidslab("help", "notebook").out).toBe(out);
  });

  it.each([
    [["notebook"], 2, "notebook: say what to do"],
    [["notebook", "run"], 2, "notebook run: one notebook was expected, 0 were named."],
    [["notebook", "run", "no.ipynb"], 2, "notebook run: no.ipynb is not there."],
    [["notebook", "run", "package.json", "-p", "x"], 2, '-p: NAME=VALUE was expected, found "x"'],
    [
      ["notebook", "run", "package.json", "--timeout", "soon"],
      2,
      '--timeout: a number of seconds was expected, found "soon"',
    ],
    [["notebook", "run", "package.json", "-o", "lib"], 2, "-o: lib is a folder; the name of a file"],
    [["notebook", "run", "package.json", "-o", "/dev/null"], 2, "-o: /dev/null is a device or a pipe"],
    [
      ["notebook", "run", "package.json", "-o", "README.md/x.ipynb"],
      1,
      "write: README.md/x.ipynb: a part of its path is a file, a folder was expected",
    ],
    [
      ["audit", "lib", "--html", "README.md/x.html"],
      1,
      "write: README.md/x.html: a part of its path is a file, a folder was expected",
    ],
    [["notebook", "run", "package.json"], 1, "notebook: package.json: nbformat 4 was expected, found none"],
    [["notebook", "run", "README.md"], 1, "json: README.md is not valid JSON"],
    [
      ["explain", "--row", "-1"],
      2,
      "explain: a value that begins with - is given as --row=-…. See nidslab explain --help.",
    ],
    [["doctor", "--jsn"], 2, "doctor: Unknown option '--jsn'. See nidslab doctor --help."],
    [
      ["predict", "new/conn.log"],
      2,
      "predict: Unexpected argument 'new/conn.log'. See nidslab predict --help.",
    ],
    [["models", "boosting"], 2, 'models: no type "boosting"'],
    [["datasets", "--jsn"], 2, "datasets: Unknown option '--jsn'. See nidslab datasets --help."],
  ])("%j exits with %i and one message", (args, expected, message) => {
    const { code, out, err } = nidslab(...args);
    expect([code, out]).toEqual([expected, ""]);
    expect(err).toContain(`nidslab: ${message.startsWith("-") ? "notebook run: " : ""}${message}`);
    expect(err).not.toContain("    at ");
  });

  it("shows where an error comes from when it is asked to", () => {
    const env = { ...process.env, NIDSLAB_DEBUG: "1" };
    const { stderr } = spawnSync(process.execPath, ["bin/nidslab", "docter"], { encoding: "utf8", env });
    expect(stderr).toContain("    at ");
  });

  it("loads nothing heavy for --help", () => {
    const script = `
      const { main } = await import("./dist/cli/main.js");
      await main(["--help"]);
      const heavy = /duckdb|onnxruntime|zeromq|tslab|vega|zod|yaml|hasha/;
      const native = process.report.getReport().sharedObjects.filter((path) => heavy.test(path));
      const { createRequire } = await import("node:module");
      const common = Object.keys(createRequire(import.meta.url).cache).filter((path) => heavy.test(path));
      process.stderr.write(JSON.stringify([...native, ...common]));`;
    const args = ["--input-type=module", "--eval", script];
    expect(spawnSync(process.execPath, args, { encoding: "utf8" }).stderr).toBe("[]");
  });

  it("imports no package before a verb asks for one", () => {
    const seen = new Set<string>();
    const visit = (path: string): void => {
      if (seen.has(path)) return;
      seen.add(path);
      const text = readFileSync(new URL(path, `file://${process.cwd()}/dist/`), "utf8");
      for (const [, target] of text.matchAll(/^(?:import|export) .*from "([^"]+)"/gm)) {
        if (target.startsWith(".")) visit(new URL(target, `file:///${path}`).pathname.slice(1));
        else seen.add(target);
      }
    };
    visit("cli/main.js");
    const packages = [...seen].filter((name) => !name.endsWith(".js") && !name.startsWith("node:"));
    expect(packages).toEqual([]);
  });

  it.each(verbs)("%s has the summary of the overview, and a help with an example", async (name, verb) => {
    const { command } = await verb.load();
    expect(command.summary).toBe(verb.summary);
    expect(command.help.toLowerCase()).toContain(`usage: nidslab ${name}`);
    expect(command.help.toLowerCase()).toContain("example");
  });
});

describe("doctor", () => {
  it("finds here what the main job needs", () => {
    const { code, out } = nidslab("doctor", "--json");
    const found = JSON.parse(out) as { name: string; state: string; found: string }[];
    expect(found.filter(({ state }) => state === "missing")).toEqual([]);
    expect(code).toBe(0);
    expect(found.find(({ name }) => name === "Node")).toEqual({
      name: "Node",
      state: "ok",
      found: process.versions.node,
    });
    expect(found.map(({ name }) => name)).toContain("onnxruntime-node");
  });
});
