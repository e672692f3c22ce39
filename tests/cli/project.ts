import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { parse, stringify } from "yaml";
import { loadStage } from "#lib/cli/stages.js";
import { diskIo } from "#lib/pipeline/diskIo.js";
import { readParams } from "#lib/pipeline/params.js";

const launcher = resolve("bin", "nidslab");

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Every `step`-th row of the embedded logs, header lines included: real traffic, small enough for a test. */
function thin(file: string, step: number): string {
  const lines = gunzipSync(readFileSync(file)).toString("utf8").trimEnd().split("\n");
  const rows = lines.filter((line) => !line.startsWith("#"));
  const head = lines.filter((line) => line.startsWith("#") && !line.startsWith("#close"));
  return `${[...head, ...rows.filter((_, i) => i % step === 0)].join("\n")}\n`;
}

/** The settings of a small graph: one split, models that train in a moment. */
export function smallParams(): Record<string, never> {
  const params = parse(readFileSync("params.yaml", "utf8"));
  params.run = { splits: ["site"], models: ["boosting", "isolation"], notebooks: [] };
  params.models.boosting = { type: "gradient-boosting", trees: 8, depth: 4, learning_rate: 0.3 };
  params.models.isolation.trees = 10;
  params.eval.bootstrap.resamples = 20;
  params.cross = { by: ["site"], models: ["boosting"], rows: 200, few_shot: [0.1] };
  params.cluster = {
    ...{ view: "scaled", context: false, rows: 300, silhouette_rows: 100, resamples: 2 },
    clusterers: { "k-means": { type: "k-means", clusters: [2, 4], starts: 2 } },
  };
  params.leaks = { model: "boosting", rows: 300 };
  params.explain = { ...params.explain, rows: 20, importance_rows: 60, repeats: 2 };
  return params;
}

/** A project like this one in a temporary folder: its sources, its graph, a thinned copy of its data. */
export class SmallProject {
  readonly root: string;

  constructor(name: string) {
    this.root = join(realpathSync(mkdtempSync(join(tmpdir(), "nidslab-cli-"))), name);
    mkdirSync(this.path("data"), { recursive: true });
    for (const each of ["lib", "dvc.yaml", "package-lock.json", ".gitignore", ".dvcignore"])
      cpSync(each, this.path(each), { recursive: true });
    this.write(".dvc/config", "");
    symlinkSync(resolve("bin"), this.path("bin"));
    for (const site of ["site-a", "site-b"])
      for (const day of ["day1", "day2"])
        this.write(
          `data/testbed/${site}/${day}.conn.log.labeled`,
          thin(`data/testbed/${site}/${day}.conn.log.labeled.gz`, 24),
        );
    this.setParams(() => undefined);
    spawnSync("git", ["init", "-q"], { cwd: this.root });
  }

  path(name: string): string {
    return join(this.root, name);
  }

  write(name: string, content: string | Uint8Array): string {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), content);
    return this.path(name);
  }

  read(name: string): string {
    return readFileSync(this.path(name), "utf8");
  }

  // biome-ignore lint/suspicious/noExplicitAny: the content is made wrong on purpose
  setParams(change: (params: any) => void): void {
    const params = smallParams();
    change(params);
    this.write("params.yaml", stringify(params));
  }

  /** Run stages in this process, `name` or `name key`: quicker than the program, for what a test only needs to be there. */
  async stages(...calls: string[]): Promise<void> {
    const params = readParams(this.path("params.yaml"));
    for (const call of calls) {
      const [name, key = ""] = call.split(" ");
      const stage = await loadStage(name);
      await stage?.run(params, { ...diskIo(this.root, key), log: () => undefined });
    }
  }

  nidslab(...args: string[]): Outcome {
    return this.with({}, ...args);
  }

  with(env: NodeJS.ProcessEnv, ...args: string[]): Outcome {
    const { status, stdout, stderr } = spawnSync(process.execPath, [launcher, ...args], {
      cwd: this.root,
      encoding: "utf8",
      env: { ...process.env, NIDSLAB_DEBUG: "", ...env },
    });
    return { code: status, out: stdout, err: stderr };
  }

  /** A line for the shell, where $NODE and $NIDSLAB are the program. */
  shell(line: string): Outcome {
    const env = { ...process.env, NIDSLAB_DEBUG: "", NODE: process.execPath, NIDSLAB: launcher };
    const { status, stdout, stderr } = spawnSync("/bin/sh", ["-c", line], {
      cwd: this.root,
      encoding: "utf8",
      env,
    });
    return { code: status, out: stdout, err: stderr };
  }

  /** Start in a process group of its own, as a terminal does. */
  start(...args: string[]): ChildProcess {
    return spawn(process.execPath, [launcher, ...args], {
      cwd: this.root,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  /** SHA-256 by name of every file below the given folders and files. */
  hashes(...names: string[]): Record<string, string> {
    const found: Record<string, string> = {};
    const visit = (name: string): void => {
      if (!existsSync(this.path(name))) return;
      if (statSync(this.path(name)).isDirectory())
        for (const entry of readdirSync(this.path(name)).sort()) visit(`${name}/${entry}`);
      else
        found[name] = createHash("sha256")
          .update(readFileSync(this.path(name)))
          .digest("hex");
    };
    names.forEach(visit);
    return found;
  }

  remove(): void {
    rmSync(dirname(this.root), { recursive: true, force: true });
  }
}
