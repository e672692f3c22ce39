import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { EngineError } from "../base/errors.js";
import { readJson, writeJson } from "../base/files.js";
import { engines } from "./catalog.js";
import type { Engine } from "./engine.js";
import { engineFolder, enginesFolder, isAdded } from "./place.js";
import { succeeded, type Tools } from "./tools.js";
import { confirm, forget, hashesOf, vouched } from "./trust.js";

/** .engines/NAME/engine.json, written last. */
export interface AddedEngine {
  readonly name: string;
  readonly version: string;
  readonly source: string;
  readonly bytes: number;
  readonly libraries: Readonly<Record<string, string>>;
}

/** A line of `nidslab engines`. */
export interface EngineState {
  readonly name: string;
  readonly adds: string;
  readonly needs: string;
  readonly disables: string;
  /** What adding it brings. */
  readonly version: string;
  readonly megabytes: number;
  /** null: not added. */
  readonly added: AddedEngine | null;
}

export function engineStates(): EngineState[] {
  return engines.map(({ name, adds, needs, disables, version, megabytes }) => ({
    ...{ name, adds, needs, disables, version, megabytes },
    added: isAdded(name)
      ? readJson<AddedEngine>(
          join(engineFolder(name), "engine.json"),
          `Remove it: nidslab engines remove ${name}`,
        )
      : null,
  }));
}

/**
 * Bring an engine: everything happens in a folder with a temporary name, which gets its own name at the end, so that a
 * failure or an interruption leaves what was there before.
 * @param trust libraries that the kit does not know are confirmed
 * @throws EngineError in one line: what is missing, and the command
 */
export async function addEngine(engine: Engine, tools: Tools, trust = false): Promise<AddedEngine> {
  const folder = engineFolder(engine.name);
  sweep();
  const temporary = join(enginesFolder(), `.${engine.name}-${process.pid}.tmp`);
  mkdirSync(temporary, { recursive: true });
  const discard = (): void => rmSync(temporary, { recursive: true, force: true });
  process.once("exit", discard);
  try {
    const source = await engine.install(temporary, tools);
    const hashes = await hashesOf(engine, temporary);
    if (hashes.length === 0)
      throw new EngineError(`engines: ${source} holds no library for this machine. Nothing was added.`);
    const strange = hashes.filter(
      ({ path, sha256 }) => !engine.built?.includes(path) && vouched(sha256) === undefined,
    );
    if (strange.length > 0 && !trust) {
      throw new EngineError(
        `engines: ${engine.name}: ${strange[0].path} has SHA-256 ${strange[0].sha256}, which this kit does not know; nothing was ` +
          `added. If you trust where it comes from (${source}): nidslab engines add ${engine.name} --trust`,
      );
    }
    for (const { path, sha256 } of strange)
      confirm(sha256, { engine: engine.name, path, why: "confirmed by --trust" });
    for (const { path, sha256 } of hashes)
      if (engine.built?.includes(path)) confirm(sha256, { engine: engine.name, path, why: "compiled here" });
    const { program, args, env } = engine.probe(temporary);
    succeeded(
      await tools.run(program, args, env === undefined ? {} : { env }),
      `${engine.name} does not load here`,
    );
    const added: AddedEngine = {
      name: engine.name,
      version: engine.version,
      source,
      bytes: sizeOf(temporary),
      libraries: Object.fromEntries(hashes.map(({ path, sha256 }) => [path, sha256])),
    };
    writeJson(join(temporary, "engine.json"), added);
    rmSync(folder, { recursive: true, force: true });
    renameSync(temporary, folder);
    return added;
  } finally {
    process.removeListener("exit", discard);
    discard();
  }
}

/** @returns false when it was not added */
export function removeEngine(engine: Engine): boolean {
  const folder = engineFolder(engine.name);
  const was = existsSync(folder);
  forget(engine.name);
  // First under a name that nothing looks for: what is half removed is not half there.
  if (was) {
    const going = join(enginesFolder(), `.${engine.name}-${process.pid}.tmp`);
    renameSync(folder, going);
    rmSync(going, { recursive: true, force: true });
  }
  return was;
}

/** Temporary folders of processes that are gone. */
function sweep(): void {
  const folder = enginesFolder();
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const pid = /^\..+-(\d+)\.tmp$/.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid)))
      rmSync(join(folder, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Bytes of all files below a folder; links count nothing. */
function sizeOf(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += sizeOf(path);
    else if (entry.isFile()) bytes += statSync(path).size;
  }
  return bytes;
}
