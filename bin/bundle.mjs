// The verbs as few files in dist/graph/: a start reads one of them instead of fifty. Rolldown, the bundler of Vite.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { root, say } from "./files.mjs";

/**
 * Bundle the command line. Where the bundler cannot run (a platform that it has no binary for), the verbs start from the
 * single files: slower, and the same otherwise.
 */
export async function bundle() {
  const dir = join(root, "dist", "graph");
  rmSync(dir, { recursive: true, force: true });
  try {
    const { rolldown } = await import("rolldown");
    const build = await rolldown({
      input: join(root, "dist", "cli", "main.js"),
      platform: "node",
      // Packages stay where they are, but for those of many small files that every start reads.
      external: (id) => !/^(\.|zod$|yaml$)/.test(id) && !id.startsWith(root),
    });
    // Beside dist/cli, at the same depth: what is found from import.meta.url is found from there too.
    await build.write({ dir, format: "cjs", entryFileNames: "[name].cjs", chunkFileNames: "[name].cjs" });
    await build.close();
  } catch (error) {
    rmSync(dir, { recursive: true, force: true });
    say(`The verbs are not bundled (${String(error.message).split("\n")[0]}): they start more slowly.`);
  }
}
