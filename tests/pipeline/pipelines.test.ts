import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { golden, hasGolden, why } from "./golden.js";
import { Sandbox } from "./sandbox.js";

interface Step {
  shell?: string;
  dvc?: string;
  exit?: number;
  stdout?: string;
  stdout_json?: unknown;
  lock_after?: Record<string, string>;
  files?: Record<string, string | { text?: string } | null>;
}
interface Case {
  inputs: Record<string, { text?: string; base64?: string; mode?: string | number; dir?: boolean }>;
  steps: Step[];
  gitignore_final?: Record<string, string>;
  cache_final?: Record<string, string | number>;
  run_cache_final?: Record<string, string>;
}

const launcher = resolve("bin", "nidslab");
const names = hasGolden ? readdirSync(join(golden, "pipelines")).sort() : [];

/** What DVC prints in an order of its own, of several files or of a diff: compared as a set of lines. */
const UNORDERED = [
  "04-templating",
  "05-nested-wdir",
  "10-run-cache-size-quirk",
  "11-failures",
  "12-status",
  "13-dvc-files",
  "15-dvcignore",
  "16-params-metrics-diff",
];

/** For the commits in steps. */
const IDENTITY =
  "export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b\n";

describe.skipIf(!hasGolden)(`what DVC left behind, replayed (${why})`, () => {
  it("are 16 cases", () => expect(names.length).toBe(16));

  it.each(names)("%s: the same words, exit codes, locks, files, .gitignore, cache and run cache", (name) => {
    const folder = join(golden, "pipelines", name);
    const { inputs, steps, ...final } = JSON.parse(readFileSync(join(folder, "case.json"), "utf8")) as Case;
    const sandbox = new Sandbox({}, name);
    const plain = (text: string): string => text.replaceAll(sandbox.root, "<root>");
    const words = (text: string): string =>
      UNORDERED.includes(name) ? text.split("\n").sort().join("\n") : text;
    try {
      for (const [path, { text, base64, mode, dir }] of Object.entries(inputs)) {
        mkdirSync(dir === true ? sandbox.path(path) : dirname(sandbox.path(path)), { recursive: true });
        if (dir === true) continue;
        writeFileSync(
          sandbox.path(path),
          base64 === undefined ? (text ?? "") : Buffer.from(base64, "base64"),
        );
        if (mode !== undefined)
          chmodSync(sandbox.path(path), Number.parseInt(String(mode).replace("0o", ""), 8));
      }
      for (const step of steps) {
        if (step.shell !== undefined) sandbox.shell(IDENTITY + step.shell.replaceAll("<root>", sandbox.root));
        if (step.dvc === undefined) continue;
        const line = step.dvc.replaceAll("<root>", sandbox.root).replace(/\brepro\b/, "repro -j 1");
        const { code, stdout } = sandbox.shell(`${launcher} ${line}`);
        expect([step.dvc, code]).toEqual([step.dvc, step.exit ?? 0]);
        if (step.stdout_json !== undefined) expect(JSON.parse(stdout)).toEqual(step.stdout_json);
        else expect([step.dvc, words(plain(stdout))]).toEqual([step.dvc, words(step.stdout ?? "")]);
        for (const [lock, expected] of Object.entries(step.lock_after ?? {})) {
          expect(sandbox.read(lock)).toBe(readFileSync(join(folder, expected), "utf8"));
        }
        for (const [file, content] of Object.entries(step.files ?? {})) {
          const text = typeof content === "string" ? content : content?.text;
          if (text !== undefined)
            expect([step.dvc, file, plain(sandbox.read(file))]).toEqual([step.dvc, file, text]);
        }
      }
      for (const [file, text] of Object.entries(final.gitignore_final ?? {}))
        expect([file, sandbox.read(file)]).toEqual([file, text]);
      for (const [file, content] of Object.entries(final.cache_final ?? {})) {
        const path = sandbox.path(join(".dvc/cache", file));
        expect([file, existsSync(path)]).toEqual([file, true]);
        expect(typeof content === "number" ? statSync(path).size : readFileSync(path, "utf8")).toEqual(
          content,
        );
      }
      for (const [file, text] of Object.entries(final.run_cache_final ?? {})) {
        expect(sandbox.read(join(".dvc/cache", file))).toBe(text);
      }
    } finally {
      sandbox.remove();
    }
  });
});
