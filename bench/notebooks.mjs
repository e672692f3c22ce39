#!/usr/bin/env node
/**
 * How long notebooks make a person wait: `npm run repro && node bench/notebooks.mjs [NAME ...]`. Five times from the start of a kernel
 * until it answers, and until a first cell has imported the library; then each notebook headless, a process of its own, one after another.
 * Bars: the kernel under 4 s, a notebook under 60 s, all seven under five minutes.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { startKernel } from "../dist/notebook/kernel.js";

const root = join(import.meta.dirname, "..");
const asked = process.argv.slice(2);
const names = readdirSync(join(root, "notebooks"))
  .filter((name) => name.endsWith(".ipynb"))
  .map((name) => basename(name, ".ipynb"))
  .filter((name) => asked.length === 0 || asked.includes(name))
  .sort();
const seconds = (since) => (performance.now() - since) / 1000;
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

const [ready, imported] = [[], []];
for (let i = 0; i < 5; i++) {
  const begin = performance.now();
  const kernel = await startKernel({ cwd: join(root, "notebooks") });
  ready.push(seconds(begin));
  await kernel.execute('import * as lab from "../dist/index.js";\nObject.keys(lab).length', 60_000, () => {});
  imported.push(seconds(begin));
  await kernel.close();
}
console.log(
  `kernel answers after ${median(ready).toFixed(1)} s, has the library after ${median(imported).toFixed(1)} s`,
);

const scratch = mkdtempSync(join(tmpdir(), "notebooks-"));
let sum = 0;
for (const name of names) {
  const begin = performance.now();
  execFileSync(
    process.execPath,
    [
      join(root, "bin", "nidslab"),
      "notebook",
      "run",
      `notebooks/${name}.ipynb`,
      "-o",
      join(scratch, `${name}.ipynb`),
    ],
    { cwd: root, stdio: ["ignore", "ignore", "pipe"] },
  );
  sum += seconds(begin);
  console.log(`${name}: ${seconds(begin).toFixed(1)} s`);
}
console.log(`together: ${sum.toFixed(0)} s`);
rmSync(scratch, { recursive: true });
