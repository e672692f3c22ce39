import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { golden, hasGolden, why } from "./golden.js";
import { Sandbox } from "./sandbox.js";

interface Step {
  shell?: string;
  dvc?: string;
  exit?: number;
  stdout?: string;
  lock_after?: Record<string, string>;
}
interface Case {
  description: string;
  inputs: Record<string, { text?: string; base64?: string }>;
  steps: Step[];
  gitignore_final?: Record<string, string>;
  run_cache_final?: Record<string, string>;
}

/** Cases without DVC verbs that nidslab does not have yet, or behaviour that it improves on purpose. */
const names = [
  "01-basic",
  "02-param-types",
  "03-param-files",
  "06-lock-order",
  "07-commands",
  "08-out-flags",
  "09-run-cache",
  "14-legacy-2x-lock",
];

describe.skipIf(!hasGolden)(`what DVC left behind, replayed (${why})`, () => {
  it.each(names)("%s: the same words, lock, .gitignore and run cache", (name) => {
    const folder = join(golden, "pipelines", name);
    const { inputs, steps, gitignore_final, run_cache_final } = JSON.parse(
      readFileSync(join(folder, "case.json"), "utf8"),
    ) as Case;
    const texts = Object.entries(inputs).filter(([, file]) => file.text !== undefined);
    const sandbox = new Sandbox(
      Object.fromEntries(texts.map(([path, file]) => [path, file.text as string])),
      name,
    );
    try {
      for (const [path, { base64 }] of Object.entries(inputs)) {
        if (base64 !== undefined) writeFileSync(sandbox.path(path), Buffer.from(base64, "base64"));
      }
      for (const step of steps) {
        if (step.shell !== undefined) sandbox.shell(step.shell);
        if (step.dvc === undefined) continue;
        const [verb, ...args] = step.dvc.split(" ");
        const jobs = verb === "repro" ? ["-j", "1"] : [];
        const { code, stdout, stderr } = sandbox.nidslab(verb, ...jobs, ...args);
        expect([step.dvc, code, stderr.replace(/^WARNING: .*\n/gm, "")]).toEqual([step.dvc, step.exit, ""]);
        expect(stdout).toBe(step.stdout);
        for (const [lock, expected] of Object.entries(step.lock_after ?? {})) {
          expect(sandbox.read(lock)).toBe(readFileSync(join(folder, expected), "utf8"));
        }
      }
      for (const [file, text] of Object.entries(gitignore_final ?? {})) expect(sandbox.read(file)).toBe(text);
      for (const [file, text] of Object.entries(run_cache_final ?? {})) {
        expect(sandbox.read(join(".dvc/cache", file))).toBe(text);
      }
    } finally {
      sandbox.remove();
    }
  });
});
