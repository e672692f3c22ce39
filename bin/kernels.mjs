// The kernels: lib/table/wasm/*.ts (AssemblyScript) to dist/table/wasm/*.wasm, which lib/table/kernel.ts loads.
import { mkdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { listFiles, root, SetupError } from "./files.mjs";

const folder = join(root, "lib", "table", "wasm");

/** Whether a source of lib/ (its path there) is AssemblyScript, and so nothing for tsc. */
export function isKernelSource(path) {
  return path.startsWith("table/wasm/");
}

/** What dist/ must hold: a module for each source that no other one imports. */
export function kernelOutputs() {
  const names = listFiles(folder, (path) => path.endsWith(".ts")).map((path) => path.slice(0, -".ts".length));
  const texts = names.map((name) => readFileSync(join(folder, `${name}.ts`), "utf8"));
  return names
    .filter((name) => !texts.some((text) => text.includes(`from "./${name}"`)))
    .map((name) => `table/wasm/${name}.wasm`);
}

/** @throws SetupError when one does not compile */
export async function compileKernels() {
  const { default: asc } = await import("assemblyscript/asc");
  const dist = join(root, "dist");
  mkdirSync(join(dist, "table", "wasm"), { recursive: true });
  for (const path of kernelOutputs()) {
    const source = `${path.slice("table/wasm/".length, -".wasm".length)}.ts`;
    const { error, stderr } = await asc.main([
      ...[source, "--baseDir", folder, "--outFile", relative(folder, join(dist, path))],
      ...["-O3", "--runtime", "stub", "--enable", "simd", "--noAssert"],
    ]);
    if (error !== null) throw new SetupError(`build: lib/table/wasm/${source} does not compile:\n${stderr}`);
  }
}
