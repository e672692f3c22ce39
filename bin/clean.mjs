// npm run clean: removes what can be made again. --cache also the DVC cache, --all that and node_modules.
import { existsSync, lstatSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root, runScript, SetupError, say } from "./files.mjs";

const made = [
  "dist",
  "artifacts",
  "runs",
  ".nidslab",
  ".dvc/tmp",
  "reports/report.html",
  ...below("reports/notebooks/figures"),
  ...below("reports/notebooks"),
];

runScript(async () => {
  const options = process.argv.slice(2);
  const unknown = options.find((option) => !["--cache", "--all"].includes(option));
  if (unknown !== undefined)
    throw new SetupError(`clean: unknown option "${unknown}" (has: --cache, --all).`);
  const all = options.includes("--all");
  const cache = all || options.includes("--cache");
  const paths = [...made, ...(cache ? [".dvc/cache"] : []), ...(all ? ["node_modules"] : [])];
  const removed = paths.filter(remove);
  say(removed.length > 0 ? `Removed ${removed.join(", ")}.` : "Nothing to remove.");
  if (!cache && existsSync(join(root, ".dvc", "cache"))) {
    say(
      `Kept .dvc/cache (${megabytes(join(root, ".dvc", "cache"))} MB): it may hold the only copy of a result or of`,
    );
    say("your own data; npm run clean -- --cache removes it.");
  }
});

/** What a folder holds, but for the .gitignore, which Git has, and the folder `figures`, which holds one too. */
function below(folder) {
  const full = join(root, folder);
  if (!existsSync(full)) return [];
  return readdirSync(full)
    .filter((name) => name !== ".gitignore" && name !== "figures")
    .sort()
    .map((name) => `${folder}/${name}`);
}

function remove(path) {
  const full = join(root, path);
  if (lstatSync(full, { throwIfNoEntry: false }) === undefined) return false;
  // Of a link only the link itself goes.
  rmSync(full, { recursive: true, force: true });
  return true;
}

function megabytes(folder) {
  const bytes = readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + lstatSync(join(entry.parentPath ?? entry.path, entry.name)).size, 0);
  return Math.ceil(bytes / 1e6);
}
