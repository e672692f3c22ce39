import { existsSync } from "node:fs";
import { join } from "node:path";
import { EngineError } from "../base/errors.js";
import { readJson, writeJson } from "../base/files.js";
import { hashFile } from "../base/hash.js";
import { compareText } from "../base/json.js";
import type { Engine } from "./engine.js";
import { knownLibraries } from "./known.js";
import { engineFolder, enginesFolder, isAdded } from "./place.js";

/** A library that the kit does not know and that the user has confirmed, or that was compiled here. */
export interface Confirmed {
  readonly engine: string;
  readonly path: string;
  readonly why: "confirmed by --trust" | "compiled here";
}

/** .engines/trust.json: by SHA-256. */
type TrustFile = Readonly<Record<string, Confirmed>>;

const file = (): string => join(enginesFolder(), "trust.json");

function confirmed(): TrustFile {
  return existsSync(file()) ? readJson<TrustFile>(file(), `Delete it and add the engines again.`) : {};
}

export function confirm(sha256: string, entry: Confirmed): void {
  writeJson(file(), { ...confirmed(), [sha256]: entry });
}

/** Forget what was confirmed of an engine that goes. */
export function forget(engine: string): void {
  if (!existsSync(file())) return;
  writeJson(
    file(),
    Object.fromEntries(Object.entries(confirmed()).filter(([, each]) => each.engine !== engine)),
  );
}

/** What is known or confirmed of a library, in words; undefined for a stranger. */
export function vouched(sha256: string): string | undefined {
  const entry = confirmed()[sha256];
  return knownLibraries[sha256] ?? (entry === undefined ? undefined : `${entry.engine}, ${entry.why}`);
}

/** The files of an engine that are loaded, with their SHA-256. */
export async function hashesOf(
  engine: Engine,
  folder: string,
): Promise<{ readonly path: string; readonly sha256: string }[]> {
  const hashes: { path: string; sha256: string }[] = [];
  for (const path of [...engine.libraries(folder)].sort(compareText))
    hashes.push({ path, sha256: await hashFile(join(folder, path)) });
  return hashes;
}

const checked = new Set<string>();

/**
 * The folder of an engine, every library in it checked: the one way to what is in there.
 * @throws EngineError when it is not added, or when a library is neither known nor confirmed
 */
export async function trustedFolder(engine: Engine): Promise<string> {
  const folder = engineFolder(engine.name);
  requireAdded(engine);
  if (checked.has(folder)) return folder;
  for (const { path, sha256 } of await hashesOf(engine, folder)) {
    if (vouched(sha256) !== undefined) continue;
    throw new EngineError(
      `engines: ${engine.name}: ${path} has SHA-256 ${sha256}, which is neither known to this kit nor confirmed; it is not ` +
        `loaded. Add it anew: nidslab engines remove ${engine.name} && nidslab engines add ${engine.name} ` +
        "(with --trust, if you know where it comes from).",
    );
  }
  checked.add(folder);
  return folder;
}

/** @throws EngineError, one line with the command, when an engine is not added */
export function requireAdded({ name, disables }: Engine): void {
  if (isAdded(name)) return;
  throw new EngineError(`engines: ${name} is not added: ${disables}. Add it: nidslab engines add ${name}`);
}
