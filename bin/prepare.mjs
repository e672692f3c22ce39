// Brings dist/ up to date with lib/: a look at sizes and times first (bin/look.cjs), then at the content, then a build.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { bundle } from "./bundle.mjs";
import { diskIsFull, listFiles, root, SetupError, say, tryJson, writeWhole } from "./files.mjs";
import { compileKernels, isKernelSource, kernelOutputs } from "./kernels.mjs";
import { withLock } from "./lock.mjs";
import look from "./look.cjs";

const dist = join(root, "dist");
const stampPath = join(dist, ".stamp.json");

/**
 * Make sure that the packages are there and dist/ is what lib/ says; called by every start of nidslab.
 * @throws SetupError when packages are missing or lib/ does not compile
 */
export async function prepare() {
  if (!existsSync(join(root, "node_modules"))) {
    throw new SetupError(
      "the packages are not installed. Run npm run repro (it does everything), or npm ci.",
    );
  }
  if (look.isFresh(root) && existsSync(join(dist, "cli", "main.js"))) return;
  const { misfit } = await import("./install.mjs");
  const lack = misfit(false);
  if (lack !== undefined)
    throw new SetupError(`the packages do not fit package-lock.json: ${lack}. Run npm ci.`);
  await build();
}

/** Compile lib/ into dist/ unless its content is what dist/ was made from. Parallel starts build once. */
export async function build() {
  await withLock(join(root, ".nidslab", "build.lock"), "it builds dist/", async () => {
    const seen = look.look(root);
    const stamp = { content: contentHash() };
    const same = tryJson(stampPath)?.content === stamp.content && missingOutputs().length === 0;
    if (!same) {
      say("Building dist/ from lib/ …");
      await compile();
      await bundle();
      writeWhole(stampPath, `${JSON.stringify(stamp)}\n`);
    }
    if (!same || !look.isFresh(root)) writeWhole(look.lookPath(root), seen);
  });
}

const sources = () => listFiles(join(root, "lib"), (path) => path.endsWith(".ts"));

function contentHash() {
  const hash = createHash("sha256");
  for (const path of [
    "tsconfig.json",
    "bin/bundle.mjs",
    "bin/kernels.mjs",
    ...sources().map((name) => `lib/${name}`),
  ]) {
    const bytes = readFileSync(join(root, path));
    hash.update(`${path} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest("hex");
}

function missingOutputs() {
  return [...outputsOfTsc(), ...kernelOutputs()].filter((name) => !existsSync(join(dist, name)));
}

function outputsOfTsc() {
  return sources()
    .filter((name) => !isKernelSource(name))
    .map((name) => `${name.slice(0, -".ts".length)}.js`);
}

async function compile() {
  // Until the new stamp stands, dist/ counts as not built.
  rmSync(stampPath, { force: true });
  await Promise.all([tsc(), compileKernels()]);
  if (missingOutputs().length > 0) {
    // The compiler's notes say that it has written what somebody removed since.
    rmSync(join(dist, ".tsbuildinfo"), { force: true });
    await tsc();
  }
  removeLeftovers();
}

async function tsc() {
  // Not node_modules/.bin/tsc: tslab puts another version there.
  const script = join(root, "node_modules", "typescript", "bin", "tsc");
  const { run } = await import("./child.mjs");
  const { code, output } = await run(process.execPath, [script, "-p", root, "--pretty", "false"]);
  if (code === 0) return;
  if (diskIsFull() || /ENOSPC|no space left/i.test(output)) {
    throw new SetupError("build: the disk is full. Free some space and run the same command again.");
  }
  const lines = output.trim().split("\n");
  const rest = lines.length > 20 ? `\n… and ${lines.length - 20} lines more` : "";
  throw new SetupError(`build: lib/ does not compile:\n${lines.slice(0, 20).join("\n")}${rest}`);
}

/** Remove from dist/ what has no source any more, so that a deleted file cannot be imported by accident. */
function removeLeftovers() {
  const ends = /(\.js|\.js\.map|\.d\.ts|\.wasm)$/;
  const known = new Set([...outputsOfTsc(), ...kernelOutputs()].map((name) => name.replace(ends, "")));
  for (const path of listFiles(dist, (name) => ends.test(name))) {
    if (!known.has(path.replace(ends, ""))) rmSync(join(dist, path));
  }
}
