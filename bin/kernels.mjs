// The kernels: lib/<room>/wasm/*.ts (AssemblyScript) to dist/<room>/wasm/*.wasm, which lib/base/kernel.ts loads.
import { mkdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { listFiles, root, SetupError } from "./files.mjs";

/** Rooms that have kernels. */
const rooms = ["table", "numeric"];
/** Kernels whose memory is made by who loads them and shared between threads. */
const sharedMemory = new Set(["numeric/wasm/neighbours", "table/wasm/csv"]);
const shared = ["--importMemory", "--sharedMemory", "--enable", "threads", "--maximumMemory", "65536"];

/** Whether a source of lib/ (its path there) is AssemblyScript, and so nothing for tsc. */
export function isKernelSource(path) {
  return rooms.some((room) => path.startsWith(`${room}/wasm/`));
}

/** What dist/ must hold: a module for each source that no other one of its folder imports. */
export function kernelOutputs() {
  return rooms.flatMap((room) => {
    const folder = join(root, "lib", room, "wasm");
    const names = listFiles(folder, (path) => path.endsWith(".ts")).map((path) =>
      path.slice(0, -".ts".length),
    );
    const texts = names.map((name) => readFileSync(join(folder, `${name}.ts`), "utf8"));
    return names
      .filter((name) => !texts.some((text) => text.includes(`from "./${name}"`)))
      .map((name) => `${room}/wasm/${name}.wasm`);
  });
}

/** @throws SetupError when one does not compile */
export async function compileKernels() {
  const { default: asc } = await import("assemblyscript/asc");
  const dist = join(root, "dist");
  for (const path of kernelOutputs()) {
    const module = path.slice(0, -".wasm".length);
    const [room, , name] = module.split("/");
    const folder = join(root, "lib", room, "wasm");
    mkdirSync(join(dist, room, "wasm"), { recursive: true });
    const { error, stderr } = await asc.main([
      ...[`${name}.ts`, "--baseDir", folder, "--outFile", relative(folder, join(dist, path))],
      ...["-O3", "--runtime", "stub", "--enable", "simd", "--noAssert"],
      ...(sharedMemory.has(module) ? shared : []),
    ]);
    if (error !== null) throw new SetupError(`build: lib/${module}.ts does not compile:\n${stderr}`);
  }
}
