import { readFileSync } from "node:fs";

/**
 * Kernels: the loops over millions of cells that JavaScript would be slow at. Their sources are wasm/*.ts (AssemblyScript)
 * of a room; the build compiles each one that is an entry (`bin/kernels.mjs`) to dist/<room>/wasm. A kernel knows nothing
 * but its memory, which whoever loads it lays out.
 */

/** What of WebAssembly is used here; the types of Node leave it out. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: Readonly<Record<string, object>>) => { readonly exports: unknown };
  Memory: new (size: { initial: number; maximum: number; shared: boolean }) => SharedMemory;
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

/** A new instance of a kernel, named "room/source"; `Exports` is what its source exports. */
export function loadKernel<Exports>(name: string, imports: Imports = {}): Exports & { memory: KernelMemory } {
  return instance(name, { [name.slice(name.indexOf("/") + 1)]: imports }) as Exports & {
    memory: KernelMemory;
  };
}

/** Memory that threads share: each has an instance of the kernel on it, and sends it to the others as it is. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
  grow(pages: number): number;
}

/** Shared memory of at least `size` bytes, for `loadSharedKernel`; it can grow up to 4 GiB. */
export function sharedMemory(size: number): SharedMemory {
  return new WebAssembly.Memory({ initial: Math.ceil(size / PAGE), maximum: 65_536, shared: true });
}

/** A new instance of a kernel that is compiled for shared memory (`bin/kernels.mjs`). */
export function loadSharedKernel<Exports>(
  name: string,
  memory: SharedMemory,
  imports: Imports = {},
): Exports {
  return instance(name, { env: { memory }, [name.slice(name.indexOf("/") + 1)]: imports }) as Exports;
}

function instance(name: string, imports: Readonly<Record<string, object>>): unknown {
  let module = modules.get(name);
  if (module === undefined) {
    // By way of the folder above: the bundled command line stands beside dist/table.
    const path = `../${name.replace("/", "/wasm/")}.wasm`;
    module = new WebAssembly.Module(readFileSync(new URL(path, import.meta.url)));
    modules.set(name, module);
  }
  return new WebAssembly.Instance(module, imports).exports;
}

/** Give a kernel at least `size` bytes; returns whether views of its memory must be made again. */
export function growTo(memory: KernelMemory | SharedMemory, size: number): boolean {
  const lacking = size - memory.buffer.byteLength;
  if (lacking <= 0) return false;
  memory.grow(Math.ceil(lacking / PAGE));
  return true;
}
