import { createRequire } from "node:module";

/** Where a cell shows HTML. */
export interface Display {
  html(text: string): void;
}

interface Tslab {
  readonly display: Display;
  /** A display of its own place, which every later call overwrites. */
  newDisplay(): Display;
}

/** The kernel's displays, or undefined outside a kernel. */
export function kernelDisplays(): Tslab | undefined {
  if (!("__tslab__" in globalThis)) return undefined;
  return createRequire(import.meta.url)("tslab") as Tslab;
}
