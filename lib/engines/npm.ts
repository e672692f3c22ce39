import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { EngineError } from "../base/errors.js";
import { prettyJson } from "../base/json.js";
import { succeeded, type Tools } from "./tools.js";

/** @throws EngineError when there is no npm */
async function npm(tools: Tools, args: readonly string[], cwd: string, what: string): Promise<string> {
  const ended = await tools.run("npm", args, { cwd });
  if (ended !== null) return succeeded(ended, what);
  throw new EngineError(
    `engines: ${what}: npm is not there. Install Node with npm, then run the same command again.`,
  );
}

/**
 * Packages in a prefix of their own, from wherever the user's npm configuration gets them; install scripts stay off.
 * @param manifest `dependencies` with exact versions, `overrides`
 */
export async function npmPrefix(
  tools: Tools,
  folder: string,
  manifest: {
    readonly dependencies: Readonly<Record<string, string>>;
    readonly overrides?: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  writeFileSync(join(folder, "package.json"), prettyJson({ private: true, ...manifest }));
  const names = Object.entries(manifest.dependencies).map(([name, version]) => `${name}@${version}`);
  tools.say(`npm: ${names.join(", ")}`);
  await npm(
    tools,
    ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
    folder,
    `npm could not install ${names.join(", ")}`,
  );
}

/** Some files of a package on npm, without what it depends on. @returns nothing; the files keep their names in it */
export async function npmFiles(
  tools: Tools,
  spec: string,
  folder: string,
  wanted: readonly string[],
): Promise<void> {
  tools.say(`npm: ${spec}`);
  const out = await npm(
    tools,
    ["pack", spec, "--ignore-scripts", "--json", "--loglevel=error"],
    folder,
    `npm could not fetch ${spec}`,
  );
  const [{ filename }] = JSON.parse(out) as { filename: string }[];
  const archive = join(folder, filename);
  const entries = untar(gunzipSync(readFileSync(archive)));
  rmSync(archive);
  for (const name of wanted) {
    const content = entries.get(`package/${name}`);
    if (content === undefined) throw new EngineError(`engines: ${spec} holds no ${name}. Nothing was added.`);
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

/** Files of a tar archive by name: what npm packs, without long names. Source: POSIX.1-1988 (ustar). */
export function untar(bytes: Uint8Array): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const text = (from: number, length: number): string =>
    Buffer.from(bytes.subarray(from, from + length))
      .toString("latin1")
      .replace(/\0.*$/s, "")
      .trim();
  for (let at = 0; at + 512 <= bytes.length && bytes[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, 12), 8);
    const kind = text(at + 156, 1);
    const prefix = text(at + 345, 155);
    const name = text(at, 100);
    if (kind === "0" || kind === "")
      files.set(prefix === "" ? name : `${prefix}/${name}`, bytes.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}
