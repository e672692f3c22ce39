import type { Tools } from "./tools.js";

/** An optional package, kept apart from node_modules under .engines/NAME. */
export interface Engine {
  readonly name: string;
  /** What it adds, in a few words. */
  readonly adds: string;
  /** The version that `engines add` brings; nothing else is taken. */
  readonly version: string;
  /** What adding it takes, beside a registry that can be reached. */
  readonly needs: string;
  /** What does not work without it. */
  readonly disables: string;
  /** Rough size once added, for the list. */
  readonly megabytes: number;
  /**
   * Fill an empty folder.
   * @returns where it came from, for the list
   * @throws EngineError in one line when a program or the network is missing
   */
  install(folder: string, tools: Tools): Promise<string>;
  /** Files that are loaded, from the engine's folder: each has to have a SHA-256 that is known or confirmed. */
  libraries(folder: string): readonly string[];
  /** Of `libraries`: those that `install` compiles here, so that their SHA-256 is what it was when they were made. */
  readonly built?: readonly string[];
  /** Really load it once, in a process of its own. */
  readonly probe: (folder: string) => Probe;
}

/** A program that ends with 0 when the engine works. */
export interface Probe {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}
