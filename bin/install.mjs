// The packages: do they fit package-lock.json, and how to put them there.
import { existsSync, lstatSync, readlinkSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "./child.mjs";
import { diskFull, diskIsFull, root, SetupError, say, tryJson, writeWhole } from "./files.mjs";
import { withLock } from "./lock.mjs";

const modules = join(root, "node_modules");
const marker = join(root, ".nidslab", "installing");

/**
 * What node_modules lacks of package-lock.json, in words; undefined when it fits.
 * Packages for other platforms may be absent; development packages too unless `dev`.
 */
export function misfit(dev) {
  if (!existsSync(modules)) return "node_modules is not there";
  if (unfinished()) return "the last installation did not finish, or is still at work";
  const wanted = tryJson(join(root, "package-lock.json"))?.packages;
  if (wanted === undefined) return undefined;
  const installed = tryJson(join(modules, ".package-lock.json"))?.packages;
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === "" || entry.link || entry.optional || entry.devOptional || (entry.dev && !dev)) continue;
    const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    if (!existsSync(join(root, path, "package.json"))) return `${name} is missing`;
    const version = installed?.[path]?.version ?? tryJson(join(root, path, "package.json"))?.version;
    if (version !== entry.version) return `${name} is ${version}, package-lock.json wants ${entry.version}`;
  }
  return undefined;
}

/** Whether an installation of ours was cut off, and nobody has finished one since (npm writes its list at the end). */
function unfinished() {
  const begun = statSync(marker, { throwIfNoEntry: false })?.mtimeMs;
  const done = statSync(join(modules, ".package-lock.json"), { throwIfNoEntry: false })?.mtimeMs;
  return begun !== undefined && !(done > begun);
}

/** Install with npm ci unless what is there fits. A node_modules that is a link is somebody else's: never touched. */
export async function install(dev) {
  if (misfit(dev) === undefined) return;
  await withLock(join(root, ".nidslab", "install.lock"), "it installs the packages", async () => {
    const lack = misfit(dev);
    if (lack === undefined) return;
    if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) {
      throw new SetupError(
        `setup: node_modules is a link to ${readlinkSync(modules)}, and ${lack}. ` +
          "Install the packages there, or remove the link and run the same command again.",
      );
    }
    // Who has the development packages keeps them.
    const all = dev || existsSync(join(modules, "vitest"));
    say(`Installing the packages (npm ci${all ? "" : " --omit=dev"}): ${lack}.`);
    writeWhole(marker, `${process.pid}\n`);
    await npm(["ci", all ? "--include=dev" : "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error"]);
    // npm has been seen to end well on a full disk, with empty files.
    if (diskIsFull()) throw new SetupError(`setup: ${diskFull}`);
    rmSync(marker, { force: true });
    const still = misfit(dev);
    if (still !== undefined)
      throw new SetupError(`setup: npm ci has ended, and still ${still}. Run npm ci by hand.`);
  });
}

/** @returns {[string, string[], object]} how to call npm: the one that called us, the one beside node, or the one on PATH */
function npmCommand(args) {
  const called = process.env.npm_execpath ?? "";
  const beside = join(dirname(process.execPath), "..", "lib", "node_modules", "npm", "bin", "npm-cli.js");
  const script =
    /npm-cli\.c?js$/.test(called) && existsSync(called) ? called : existsSync(beside) ? beside : undefined;
  if (script !== undefined) return [process.execPath, [script, ...args], {}];
  return process.platform === "win32" ? ["npm.cmd", args, { shell: true }] : ["npm", args, {}];
}

async function npm(args) {
  const { code, output } = await run(...npmCommand(args));
  if (code === 0) return;
  if (code === "ENOENT") {
    throw new SetupError(
      "setup: npm was not found. It comes with Node; install Node with npm, then run this again.",
    );
  }
  if (diskIsFull() || /ENOSPC|no space left|EDQUOT/i.test(output)) throw new SetupError(`setup: ${diskFull}`);
  const offline = /ENOTFOUND|ETIMEDOUT|ECONNREFUSED|EAI_AGAIN|ECONNRESET|network/i.test(output);
  throw new SetupError(
    `setup: npm ${args[0]} failed${offline ? ", the npm registry could not be reached" : ""}. ` +
      `Run the same command again when this is mended:\n${output.trim().split("\n").slice(0, 12).join("\n")}`,
  );
}
