// What `npm test` runs after the set-up: types, lint and format, tests. Arguments go to vitest (a folder, -t NAME).
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run } from "./child.mjs";
import { root, runScript, say, tryJson } from "./files.mjs";
import { build } from "./prepare.mjs";

const results = join(root, ".nidslab", "vitest.json");
const tool = (...path) => join(root, "node_modules", ...path);

runScript(async () => {
  mkdirSync(join(root, ".nidslab"), { recursive: true });
  rmSync(results, { force: true });
  // Building checks the types of lib/; it is done by now unless check.mjs was called by itself.
  await build();
  const failed = [];
  const step = async (name, command, options = { stdio: ["ignore", "inherit", "inherit"] }) => {
    const { code, output } = await run(process.execPath, command, options);
    if (code !== 0) failed.push(name);
    return output;
  };
  // The compiler keeps one core busy, and lint has the other one.
  const types = step(
    "types of tests and benches",
    [tool("typescript", "bin", "tsc"), "-p", "tests", "--pretty", "false"],
    {},
  );
  say("\n== lint and format");
  await step("lint and format", [tool("@biomejs", "biome", "bin", "biome"), "check"]);
  say("\n== types of tests and benches");
  process.stderr.write(await types);
  say("\n== tests");
  await step("tests", [
    tool("vitest", "vitest.mjs"),
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${results}`,
    ...process.argv.slice(2),
  ]);
  sayTests();
  if (failed.length === 0) say("Passed: types of lib, types of tests, lint and format, tests.");
  else say(`Failed: ${failed.join(", ")}.`);
  return failed.length === 0 ? 0 : 1;
});

/** The numbers, and every test that did not run: its reason stands in its title. */
function sayTests() {
  const report = tryJson(results);
  if (report === undefined) return;
  say(
    `\nTests: ${report.numPassedTests} passed, ${report.numFailedTests} failed, ${report.numPendingTests} skipped.`,
  );
  const titles = report.testResults
    .flatMap((file) => file.assertionResults)
    .filter((test) => test.status !== "passed" && test.status !== "failed")
    .map((test) => (test.ancestorTitles.length > 0 ? test.ancestorTitles.join(" > ") : test.title));
  const counts = new Map();
  for (const title of titles) counts.set(title, (counts.get(title) ?? 0) + 1);
  for (const [title, count] of counts) say(`  skipped ${count}: ${title}`);
}
