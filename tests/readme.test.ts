import { copyFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { groups } from "#lib/cli/main.js";
import { setParams } from "#lib/pipeline/paramEdit.js";
import { readParams } from "#lib/pipeline/params.js";
import { temporaryFolder } from "./temporary.js";

const readme = readFileSync("README.md", "utf8");
const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Record<string, Record<string, string>>;
const folder = temporaryFolder();

/** What a pattern's group matches, each once. */
function named(pattern: RegExp): string[] {
  return [...new Set([...readme.matchAll(pattern)].map((match) => match[1]))];
}

/** A code block's command that changes params, as the file, key and value that it changes. */
const changes = [...readme.matchAll(/^(?:cp (\S+) params\.yaml && )?.*repro.* -S (\S+=\S+)/gm)].map(
  ([, file, change]) => ({ file: file ?? "params.yaml", change }),
);

describe("README.md", () => {
  it("links to what is there", () => {
    const links = named(/\]\((?!https?:|#)([^)#]+)/g);
    expect(links).toContain("docs/report.png");
    expect(links.filter((link) => !existsSync(link))).toEqual([]);
  });

  it("names verbs, scripts and notebooks that there are", () => {
    const verbs = Object.values(groups).flatMap((group) => Object.keys(group));
    expect(verbs).toEqual(expect.arrayContaining(named(/npx nidslab ([a-z-]+)/g)));
    expect(Object.keys(manifest.scripts)).toEqual(expect.arrayContaining(named(/npm run ([a-z]+)/g)));
    expect(named(/(notebooks\/\S+\.ipynb)/g).filter((path) => !existsSync(path))).toEqual([]);
  });

  it("names source files that there are", () => {
    const paths = named(/`((?:lib|tests|bench|bin)\/[\w/.]+\.(?:ts|mjs))`/g);
    expect(paths.length).toBeGreaterThan(5);
    expect(paths.filter((path) => !existsSync(path))).toEqual([]);
  });

  it.each(changes)("$file takes -S $change", ({ file, change }) => {
    const path = `${folder.path}/params.yaml`;
    copyFileSync(file, path);
    setParams([change], [folder.path], { words: ["nidslab", "repro"], targets: [] });
    readParams(path);
  });

  it("lists the rooms and the packages", () => {
    const rooms = /one folder a room: `([^`]+)`/.exec(readme)?.[1].split(" ") ?? [];
    expect([...rooms].sort()).toEqual(
      readdirSync("lib")
        .filter((name) => !name.endsWith(".ts"))
        .sort(),
    );
    const table = readme.slice(readme.indexOf("## Packages"), readme.indexOf("All licences"));
    const packages = [...table.matchAll(/^\| ([^|]+) \|/gm)].flatMap(([, cell]) => cell.split(", ")).slice(1);
    expect(packages.filter((name) => name !== "---").sort()).toEqual(
      Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }).sort(),
    );
  });
});

describe("examples", () => {
  it.each(readdirSync("examples"))("%s is a complete params file", (name) => {
    expect(() => readParams(`examples/${name}`)).not.toThrow();
  });
});
