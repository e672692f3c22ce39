import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Outcome } from "./sandbox.js";

/** The real DVC's executable; undefined: tests that need it are skipped. */
export const dvc = process.env.NIDSLAB_DVC;

/** Variables that both programs get, so that neither asks the network, a user's configuration or another shell. */
function quietEnv(siteCache: string): Record<string, string> {
  return {
    SHELL: "/bin/bash",
    GIT_CONFIG_GLOBAL: "/dev/null",
    CI: "true",
    DVC_NO_ANALYTICS: "1",
    DVC_SITE_CACHE_DIR: siteCache,
    // DVC orders some stages by hash; a seed of one's own finds where that shows.
    PYTHONHASHSEED: process.env.PYTHONHASHSEED ?? "0",
  };
}

/** The real DVC in one Python process that answers calls (dvcServer.py): a third of the time of its executable. */
export class DvcServer {
  readonly env: Record<string, string>;
  private readonly siteCache = mkdtempSync(join(tmpdir(), "nidslab-dvc-"));
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly answers: AsyncIterator<string>;
  private errors = "";

  /** @param executable DVC's; the Python beside it is the one that has DVC */
  constructor(executable: string) {
    this.env = quietEnv(this.siteCache);
    const python = join(dirname(executable), "python");
    if (!existsSync(python))
      throw new Error(`${python} is not there: NIDSLAB_DVC must lie in a virtual environment.`);
    this.child = spawn(python, [resolve("tests/pipeline/dvcServer.py")], {
      env: { ...process.env, ...this.env },
    });
    this.child.stderr.on("data", (text) => {
      this.errors += text;
    });
    this.answers = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  async call(
    cwd: string,
    argv: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Outcome> {
    this.child.stdin.write(`${JSON.stringify({ cwd, argv, env })}\n`);
    const { value, done } = await this.answers.next();
    if (done) throw new Error(`dvcServer.py ended: ${this.errors}`);
    return JSON.parse(value) as Outcome;
  }

  end(): void {
    this.child.stdin.end();
    rmSync(this.siteCache, { recursive: true, force: true });
  }
}
