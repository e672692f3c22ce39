import { readFileSync } from "node:fs";

/**
 * Kernels: the loops over millions of cells that JavaScript would be slow at. Their sources are wasm/*.ts (AssemblyScript);
 * the build compiles each one that is an entry (`bin/kernels.mjs`) to dist/table/wasm. A kernel knows nothing but its memory,
 * which whoever loads it lays out.
 */

/** What of WebAssembly is used here; the types of Node leave it out. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: Readonly<Record<string, Imports>>) => { readonly exports: unknown };
};

/** Functions of JavaScript that a kernel calls. */
type Imports = Readonly<Record<string, (...args: number[]) => number>>;

export interface KernelMemory {
  readonly buffer: ArrayBuffer;
  /** By pages; afterwards `buffer` is another one. */
  grow(pages: number): number;
}

/** A variable that both sides see. */
export interface Shared<T = number> {
  value: T;
}

/** Memory below this belongs to the kernel: its constants. */
export const KERNEL_OWN = 65_536;
const PAGE = 65_536;

const modules = new Map<string, object>();

/** A new instance of a kernel; `Exports` is what its source exports. */
export function loadKernel<Exports>(name: string, imports: Imports = {}): Exports & { memory: KernelMemory } {
  let module = modules.get(name);
  if (module === undefined) {
    // By way of the folder above: the bundled command line stands beside dist/table.
    module = new WebAssembly.Module(readFileSync(new URL(`../table/wasm/${name}.wasm`, import.meta.url)));
    modules.set(name, module);
  }
  const { exports } = new WebAssembly.Instance(module, { [name]: imports });
  return exports as Exports & { memory: KernelMemory };
}

/** Give a kernel at least `size` bytes; returns whether views of its memory must be made again. */
export function growTo(memory: KernelMemory, size: number): boolean {
  const lacking = size - memory.buffer.byteLength;
  if (lacking <= 0) return false;
  memory.grow(Math.ceil(lacking / PAGE));
  return true;
}
