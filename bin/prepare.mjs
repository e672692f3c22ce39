// Brings dist/ up to date with lib/: a look at sizes and times first (a few ms), then at the content, then a build.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { diskIsFull, listFiles, root, SetupError, say, tryJson, writeWhole } from "./files.mjs";
import { withLock } from "./lock.mjs";

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
  const before = tryJson(stampPath);
  if (before?.look === look() && existsSync(join(dist, "cli", "main.js"))) return;
  const { misfit } = await import("./install.mjs");
  const lack = misfit(false);
  if (lack !== undefined)
    throw new SetupError(`the packages do not fit package-lock.json: ${lack}. Run npm ci.`);
  await build();
}

/** Compile lib/ into dist/ unless its content is what dist/ was made from. Parallel starts build once. */
export async function build() {
  await withLock(join(root, ".nidslab", "build.lock"), "it builds dist/", async () => {
    const stamp = { look: look(), content: contentHash() };
    const before = tryJson(stampPath);
    const same = before?.content === stamp.content && missingOutputs().length === 0;
    if (!same) {
      say("Building dist/ from lib/ …");
      await compile();
    }
    if (!same || before.look !== stamp.look) writeWhole(stampPath, `${JSON.stringify(stamp)}\n`);
  });
}

const sources = () => listFiles(join(root, "lib"), (path) => path.endsWith(".ts"));

/** Names, sizes and times of everything that decides what dist/ and node_modules have to be. */
function look() {
  const hash = createHash("sha256");
  const others = ["tsconfig.json", "package-lock.json", "node_modules/.package-lock.json"];
  for (const path of [...sources().map((name) => `lib/${name}`), ...others]) {
    const stat = statSync(join(root, path), { throwIfNoEntry: false });
    hash.update(`${path} ${stat?.size} ${stat?.mtimeMs}\n`);
  }
  return hash.digest("hex");
}

function contentHash() {
  const hash = createHash("sha256");
  for (const path of ["tsconfig.json", ...sources().map((name) => `lib/${name}`)]) {
    const bytes = readFileSync(join(root, path));
    hash.update(`${path} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest("hex");
}

function missingOutputs() {
  return sources()
    .map((name) => `${name.slice(0, -".ts".length)}.js`)
    .filter((name) => !existsSync(join(dist, name)));
}

async function compile() {
  // Until the new stamp stands, dist/ counts as not built.
  rmSync(stampPath, { force: true });
  await tsc();
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
  const ends = /(\.js|\.js\.map|\.d\.ts)$/;
  const known = new Set(sources().map((name) => name.slice(0, -".ts".length)));
  for (const path of listFiles(dist, (name) => ends.test(name))) {
    if (!known.has(path.replace(ends, ""))) rmSync(join(dist, path));
  }
}
