import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

/** The table of the architecture page: a room imports only rooms above it. lib/index.ts is the door, below all. */
const rooms = [
  "base",
  "numeric",
  "engines",
  "table",
  "onnx",
  "flow",
  "dataset",
  "split",
  "features",
  "eval",
  "nn",
  "models",
  "tune",
  "explain",
  "report",
  "pipeline",
  "notebook",
  "serve",
  "cli",
];

/** Rules that are narrower than the table: what a room never imports, although it stands above. */
const never: Readonly<Record<string, readonly string[]>> = {
  models: ["flow", "dataset", "split"], // a model sees matrices and never a flow
  eval: ["models", "nn", "flow"], // an evaluation sees labels and scores and never a model
  serve: ["models", "nn", "tune", "pipeline", "report", "notebook"], // serving never imports training
};

function files(folder: string, end: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => name.endsWith(end))
    .sort();
}

interface Import {
  readonly from: string;
  readonly to: string;
}

/** Every `import … from "./x.js"`, `export … from`, `import("./x.js")` of a file, as rooms. */
function importsOf(name: string, text: string): Import[] {
  const found: Import[] = [];
  for (const [, target] of text.matchAll(/(?:from|import)\s*\(?\s*"(\.{1,2}\/[^"]+)"/g)) {
    const path = join(name, "..", target).replaceAll("\\", "/");
    found.push({ from: roomOf(name), to: roomOf(path) });
  }
  return found;
}

const roomOf = (path: string): string => (path.includes("/") ? path.slice(0, path.indexOf("/")) : "index");

function faultOf({ from, to }: Import): string | undefined {
  if (from === to || from === "index") return undefined;
  if (to === "index") return "only users import lib/index.ts";
  if (!rooms.includes(to)) return `there is no room "${to}"`;
  if (rooms.indexOf(to) > rooms.indexOf(from)) return `${to} stands below ${from}`;
  if (never[from]?.includes(to)) return `${from} never imports ${to}`;
  return undefined;
}

const lib = files("lib", ".ts").map((name) => ({ name, text: readFileSync(join("lib", name), "utf8") }));

/** The code of a file: comments and the content of texts are no code. */
function codeOf(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/"(?:[^"\\\n]|\\.)*"/g, '""')
    .replace(/(^|[^:])\/\/.*$/gm, "$1");
}

describe("the rooms of lib/", () => {
  it("import only rooms above them", () => {
    const faults = lib.flatMap(({ name, text }) =>
      importsOf(name, text).flatMap((line) => {
        const fault = faultOf(line);
        return fault === undefined ? [] : [`lib/${name}: ${fault}`];
      }),
    );
    expect(faults).toEqual([]);
  });

  it("would be caught importing one below", () => {
    const [upward] = importsOf("eval/curves.ts", 'import { train } from "../models/forest.js";');
    expect(faultOf(upward)).toBe("models stands below eval");
    const [lazy] = importsOf("models/a/b.ts", 'await import("../../flow/pcap.js")');
    expect(faultOf(lazy)).toBe("models never imports flow");
    const [typed] = importsOf("base/json.ts", 'export type { Table } from "../table/table.js";');
    expect(faultOf(typed)).toBe("table stands below base");
  });

  it("are those of the table, and have no index files", () => {
    expect(lib.map(({ name }) => roomOf(name)).filter((room) => ![...rooms, "index"].includes(room))).toEqual(
      [],
    );
    expect(lib.map(({ name }) => name).filter((name) => /\/index\.ts$/.test(name))).toEqual([]);
  });

  it("have no top-level await: a notebook could not import them", () => {
    const awaiting = /^(?:(?:export )?(?:const|let|var) .*= )?await |^for await/m;
    expect(awaiting.test("export const a = await f();")).toBe(true);
    expect(lib.filter(({ text }) => awaiting.test(codeOf(text))).map(({ name }) => name)).toEqual([]);
  });

  it("take chance, clock and language from lib/base or not at all", () => {
    const banned = /Math\.random|Date\.now|new Date\(|\.localeCompare|\.toLocale\w*String|Intl\./;
    const users = lib.filter(({ name, text }) => !name.startsWith("base/") && banned.test(codeOf(text)));
    expect(users.map(({ name }) => name)).toEqual([]);
  });
});

describe("the types that a notebook sees", () => {
  it("name nothing that the notebook's compiler takes for any", () => {
    expect(existsSync("dist/cli/main.d.ts")).toBe(true);
    const unknown =
      /Array<ArrayBuffer(?:Like)?>|\bArrayIterator\b|\bMapIterator\b|\bSetIterator\b|\bNoInfer\b/;
    const faults = files("dist", ".d.ts").filter((name) =>
      unknown.test(codeOf(readFileSync(join("dist", name), "utf8"))),
    );
    expect(faults).toEqual([]);
  });
});
