// The verbs, and the threads that every ingest starts, as few files in dist/graph/: a start reads one of them instead of fifty.
// Rolldown, the bundler of Vite.
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
    await write(dir, "cli/main.js", "[name].cjs");
    // Apart from them: a thread that shared files with the verbs would read more than it needs.
    await write(dir, "table/tableWorker.js", "tableWorker-[name].cjs");
  } catch (error) {
    rmSync(dir, { recursive: true, force: true });
    say(`The verbs are not bundled (${String(error.message).split("\n")[0]}): they start more slowly.`);
  }
}

async function write(dir, entry, chunkFileNames) {
  const { rolldown } = await import("rolldown");
  const build = await rolldown({
    input: join(root, "dist", entry),
    platform: "node",
    // Packages stay where they are, but for those of many small files that every start reads.
    external: (id) => !/^(\.|zod$|yaml$)/.test(id) && !id.startsWith(root),
  });
  // Beside dist/cli, at the same depth: what is found from import.meta.url is found from there too.
  await build.write({ dir, format: "cjs", entryFileNames: "[name].cjs", chunkFileNames });
  await build.close();
}
