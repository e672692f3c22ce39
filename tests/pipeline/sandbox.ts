import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const launcher = resolve("bin", "nidslab");

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A Git repository with a `.dvc` folder, in a temporary place. */
export class Sandbox {
  readonly root: string;

  constructor(files: Readonly<Record<string, string>>, name = "project") {
    this.root = join(realpathSync(mkdtempSync(join(tmpdir(), "nidslab-graph-"))), name);
    this.write({ ".dvc/config": "", ".dvc/.gitignore": "/config.local\n/tmp\n/cache\n", ...files });
    execFileSync("git", ["init", "-q"], { cwd: this.root });
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(this.path(name)), { recursive: true });
      writeFileSync(this.path(name), text);
    }
  }

  path(name: string): string {
    return join(this.root, name);
  }

  read(name: string): string {
    return readFileSync(this.path(name), "utf8");
  }

  private get options() {
    const env = { ...process.env, SHELL: "/bin/bash", GIT_CONFIG_GLOBAL: "/dev/null" };
    return { cwd: this.root, env, encoding: "utf8" as const, maxBuffer: 1 << 26 };
  }

  nidslab(...args: string[]): Outcome {
    return this.nidslabWith({}, ...args);
  }

  /** With these variables in its environment. */
  nidslabWith(env: Readonly<Record<string, string>>, ...args: string[]): Outcome {
    const options = { ...this.options, env: { ...this.options.env, ...env } };
    const result = spawnSync(process.execPath, [launcher, ...args], options);
    return { code: result.status, stdout: result.stdout, stderr: result.stderr };
  }

  start(...args: string[]): ChildProcess {
    return spawn(process.execPath, [launcher, ...args], this.options);
  }

  /** `nidslab` or another program, in a process group of its own: a signal to the group reaches its children too. */
  startGroup(program: string, env: Readonly<Record<string, string>>, ...args: string[]): ChildProcess {
    const options = { ...this.options, env: { ...this.options.env, ...env }, detached: true };
    return program === "nidslab"
      ? spawn(process.execPath, [launcher, ...args], options)
      : spawn(program, args, options);
  }

  run(program: string, ...args: string[]): Outcome {
    return this.runWith({}, program, ...args);
  }

  runWith(env: Readonly<Record<string, string>>, program: string, ...args: string[]): Outcome {
    const result = spawnSync(program, args, { ...this.options, env: { ...this.options.env, ...env } });
    return { code: result.status, stdout: result.stdout, stderr: result.stderr };
  }

  shell(line: string): Outcome {
    return this.run("/bin/bash", "-c", line);
  }

  git(...args: string[]): string {
    const identity = ["-c", "user.name=a", "-c", "user.email=a@b"];
    return this.run("git", ...identity, ...args).stdout;
  }

  remove(): void {
    rmSync(dirname(this.root), { recursive: true, force: true });
  }
}

/** Poll until it holds. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((done) => setTimeout(done, 20));
}
