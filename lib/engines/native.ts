import { createRequire } from "node:module";
import { EngineError } from "../base/errors.js";

/** A function of a shared library; C integers of 64 bits come as bigint or number. */
export type NativeFunction = (...args: readonly unknown[]) => number;

/** A shared library, opened. */
export interface NativeLibrary {
  /** @param signature in C, with koffi's `_Out_` before what is written to */
  func(signature: string): NativeFunction;
  /** The text that a function without arguments returns: the last error. */
  text(signature: string): () => string;
}

/** Addresses that C functions hand out. */
export type Pointer = unknown;

type Koffi = typeof import("koffi").default;
const require = createRequire(import.meta.url);
const koffi = (): Koffi => require("koffi") as Koffi;

/**
 * Open shared libraries in their order; the functions are those of the last one, the others are there for it.
 * OpenMP's threads sleep while they wait: on a machine with other work its spinning makes training up to ten times slower.
 * @param paths what `trustedFolder` has checked, and nothing else
 * @throws EngineError when the system cannot load one
 */
export function openLibraries(engine: string, paths: readonly string[]): NativeLibrary {
  process.env.OMP_WAIT_POLICY ??= "passive";
  try {
    const opened = paths.map((path, i) => koffi().load(path, { global: i < paths.length - 1 }));
    const library = opened[opened.length - 1];
    return {
      func: (signature) => library.func(signature) as unknown as NativeFunction,
      text: (signature) => library.func(signature) as unknown as () => string,
    };
  } catch (cause) {
    const why = (cause as Error).message.split("\n")[0];
    throw new EngineError(
      `engines: ${engine} does not load here: ${why}. Add it anew: nidslab engines remove ${engine} && nidslab engines add ${engine}`,
      { cause },
    );
  }
}

/** A copy of the bytes at an address: what is there may change with the library's next call. */
export function copyOf(pointer: Pointer, bytes: number): ArrayBuffer {
  return koffi()
    .view(pointer as never, bytes)
    .slice(0);
}

/** Numbers of 64 bits at an address. */
export function uint64At(pointer: Pointer, count: number): number[] {
  return Array.from(new BigUint64Array(copyOf(pointer, count * 8)), Number);
}

/** Call with one place to write to, and give what was written. */
export function written<T>(call: (out: [T | null]) => void): T {
  const out: [T | null] = [null];
  call(out);
  return out[0] as T;
}
