import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Sandbox } from "./sandbox.js";

const killer = pathToFileURL(resolve("tests", "pipeline", "killer.mjs")).href;
const launcher = resolve("bin", "nidslab");

/** Six stages: a folder, a metric outside the cache, a wide and a long way; each notes that its command ran. */
const graph = `stages:
  one: {cmd: 'echo one >> "$RAN"; mkdir -p one/deep; cp in one/a; echo b > one/deep/b', deps: [in], params: [p], outs: [one]}
  zwölf: {cmd: 'echo two >> "$RAN"; cat one/a > two', deps: [one], outs: [two]}
  drölf: {cmd: 'echo three >> "$RAN"; cat one/deep/b > three', deps: [one/deep], outs: [three]}
  four:
    cmd: 'echo four >> "$RAN"; echo "{\\"n\\": 1}" > m.json; cat two three > four'
    deps: [two, three]
    outs: [four]
    metrics: [m.json: {cache: false}]
  five:
    cmd:
    - 'echo five >> "$RAN"; mkdir five; cp four five/'
    - 'cp m.json five/'
    deps: [four, m.json]
    outs: [five]
  six: {cmd: 'echo six >> "$RAN"; cat five/* > six', deps: [five], outs: [six: {persist: true}]}
`;
const files = { "dvc.yaml": graph, "params.yaml": "p: 1\n", in: "1\n" };
/** A project before the run that is killed: a new one, or one in which everything has to be made again. */
export type Start = "fresh" | "rerun";

interface Result {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stderr: string;
}

/** One project from which copies are made, killed and finished. */
export class KillBench {
  private readonly home = realpathSync(mkdtempSync(join(tmpdir(), "nidslab-kill-")));
  private readonly pristine = new Sandbox(files);
  private readonly jobs: string;
  readonly expected: Record<string, string>;
  readonly points: number;

  constructor(start: Start, jobs = 1) {
    this.jobs = String(jobs);
    if (start === "rerun") {
      this.run(this.pristine.root);
      this.pristine.write({ in: "2\n", "params.yaml": "p: 2\n" });
    }
    const whole = this.copy("whole");
    const count = join(this.home, "count");
    const { code, stderr } = this.run(whole, { KILL_COUNT: count });
    if (code !== 0) throw new Error(stderr);
    this.points = Number(readFileSync(count, "utf8"));
    this.expected = snapshot(whole);
  }

  /**
   * Kill a run at a point, finish it with another run.
   * @param again kill that one, too, at this point, and finish it with a third
   * @returns what differs from an undisturbed run; empty when nothing does
   */
  kill(
    point: number,
    half: boolean,
    finish?: (root: string, env: NodeJS.ProcessEnv) => Result,
    again?: number,
  ): string[] {
    const root = this.copy("killed");
    const first = this.run(root, { KILL_AT: String(point), KILL_HALF: half ? "1" : "0" });
    if (first.signal !== "SIGKILL") return [`was not killed: exit ${first.code} ${first.stderr}`];
    const before = this.commands(root);
    // The run that mends it may be killed as well.
    if (again !== undefined) this.run(root, { KILL_AT: String(again), KILL_HALF: half ? "1" : "0" });
    const second = finish === undefined ? this.run(root) : finish(root, this.environment(root));
    const faults: string[] = [];
    if (second.code !== 0) faults.push(`the next run: exit ${second.code} ${second.stderr}`);
    if (finish !== undefined) {
      // What the kill has left of ours must not undo what the other program did.
      const third = this.run(root);
      if (third.code !== 0) faults.push(`after the other program: exit ${third.code} ${third.stderr}`);
    }
    const found = snapshot(root);
    for (const name of new Set([...Object.keys(this.expected), ...Object.keys(found)])) {
      if (found[name] !== this.expected[name]) faults.push(`${name} is ${found[name] ?? "missing"}`);
    }
    const repeated = this.commands(root)
      .slice(before.length)
      .filter((stage) => before.includes(stage));
    // The interrupted stages are those whose commands began last.
    const interrupted = before.slice(-Number(this.jobs));
    if (repeated.some((stage) => !interrupted.includes(stage)))
      faults.push(`commands ran: ${this.commands(root).join(" ")}`);
    rmSync(root, { recursive: true, force: true });
    return faults;
  }

  /** The commands that have begun, in their order. */
  private commands(root: string): string[] {
    return existsSync(`${root}.ran`) ? readFileSync(`${root}.ran`, "utf8").trim().split("\n") : [];
  }

  private copy(name: string): string {
    const root = join(this.home, name);
    rmSync(root, { recursive: true, force: true });
    rmSync(`${root}.ran`, { force: true });
    cpSync(this.pristine.root, root, { recursive: true });
    return root;
  }

  private environment(root: string): NodeJS.ProcessEnv {
    return { ...process.env, SHELL: "/bin/bash", GIT_CONFIG_GLOBAL: "/dev/null", RAN: `${root}.ran` };
  }

  private run(root: string, env: NodeJS.ProcessEnv = {}): Result {
    const load = Object.keys(env).length > 0 ? ["--import", killer] : [];
    const { status, signal, stderr } = spawnSync(
      process.execPath,
      [...load, launcher, "repro", "-q", "-j", this.jobs],
      { cwd: root, env: { ...this.environment(root), ...env }, encoding: "utf8" },
    );
    return { code: status, signal, stderr };
  }

  remove(): void {
    rmSync(this.home, { recursive: true, force: true });
    this.pristine.remove();
  }
}

/** Everything in a project that both programs promise: lock, cache, run cache, .gitignore, outputs; no leftovers. */
function snapshot(root: string): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (prefix: string): void => {
    for (const entry of readdirSync(join(root, prefix), { withFileTypes: true })) {
      const name = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
      // Git's own files, and those that are about processes and times.
      if ([".git", ".dvc/tmp", ".nidslab"].includes(name)) continue;
      if (entry.isDirectory()) visit(name);
      else {
        const mode = name.startsWith(".dvc/cache/files")
          ? ` ${(lstatSync(join(root, name)).mode & 0o777).toString(8)}`
          : "";
        found[name] = readFileSync(join(root, name), "utf8") + mode;
      }
    }
  };
  visit("");
  const left = join(root, ".nidslab");
  for (const name of existsSync(left) ? readdirSync(left) : []) {
    if (!["state.json", "yaml.json", ".gitignore", "trees", "lost"].includes(name))
      found[`.nidslab/${name}`] = "left over";
  }
  return found;
}

/** For `finish`: the real DVC. */
export function dvcRepro(program: string): (root: string, env: NodeJS.ProcessEnv) => Result {
  return (cwd, env) => {
    const { status, signal, stderr } = spawnSync(program, ["repro", "-q"], { cwd, env, encoding: "utf8" });
    return { code: status, signal, stderr };
  };
}
