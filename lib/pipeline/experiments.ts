import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { messageOf } from "../base/errors.js";
import { hashBytes } from "../base/hash.js";
import { toSlashes } from "./dvcfile.js";
import { GraphError } from "./errors.js";
import { experimentName } from "./experimentName.js";
import { git } from "./gitFiles.js";
import type { Project } from "./project.js";
import { runValueJson } from "./runCache.js";
import type { Yaml, YamlMap } from "./yaml/value.js";

/** An experiment of DVC: a commit over its baseline, under `refs/exps/<2 digits>/<rest of the baseline>/<name>`. */
export interface Experiment {
  readonly name: string;
  readonly baseline: string;
  readonly ref: string;
  readonly commit: string;
}

/** The folder of a project's Git repository. @throws GraphError in DVC's words when there is none, or no commit */
export function gitRootOf(project: Project): string {
  const root = project.gitRoot;
  if (root === undefined)
    throw new GraphError("Only supported for Git repositories. Run `git init` and commit.");
  if (git(root, ["rev-parse", "--verify", "--quiet", "HEAD"]) === undefined)
    throw new GraphError("Empty Git repo. Add a commit to use experiments.");
  return root;
}

function refOf(baseline: string, name: string): string {
  return `refs/exps/${baseline.slice(0, 2)}/${baseline.slice(2)}/${name}`;
}

/** Experiments over a commit, by name. */
export function experimentsOf(gitRoot: string, baseline: string): Experiment[] {
  const text = git(gitRoot, [
    "for-each-ref",
    "--format=%(objectname) %(refname)",
    refOf(baseline, "").slice(0, -1),
  ]);
  return (text ?? "").split("\n").flatMap((line) => {
    const [commit, ref] = line.split(" ");
    return ref === undefined ? [] : [{ name: ref.split("/").slice(4).join("/"), baseline, ref, commit }];
  });
}

/**
 * The name for a new experiment over HEAD.
 * @param wanted as the user gave it
 * @param content what the experiment is made of, for a name that says the same every time
 * @throws GraphError for a name that Git does not take, or that is there already (unless `force`)
 */
export function nameExperiment(
  gitRoot: string,
  baseline: string,
  wanted: string | undefined,
  content: readonly string[],
  force: boolean,
): string {
  const taken = new Set(experimentsOf(gitRoot, baseline).map(({ name }) => name));
  if (wanted === undefined) {
    for (let attempt = 0; ; attempt++) {
      const name = experimentName(content, attempt);
      if (!taken.has(name)) return name;
      if (attempt > 10_000) throw new GraphError("no free name for the experiment; give one with -n.");
    }
  }
  if (wanted.includes("/") || git(gitRoot, ["check-ref-format", refOf(baseline, wanted)]) === undefined) {
    throw new GraphError(
      `Invalid exp name ${wanted}, the exp name must follow rules in https://git-scm.com/docs/git-check-ref-format, and have no "/".`,
    );
  }
  if (taken.has(wanted) && !force) {
    throw new GraphError(
      `Experiment conflicts with existing experiment '${wanted}'. To overwrite the existing experiment run:\n\n\tnidslab exp run -f ...\n`,
    );
  }
  return wanted;
}

/**
 * Keep the workspace as an experiment: a commit over `baseline` of what Git tracks, as it is now, and of the files that
 * the graph reads and writes outside the cache. Git's plumbing with an index of its own: HEAD, the user's index and the
 * worktree stay as they are.
 */
export function storeExperiment(
  project: Project,
  experiment: { readonly name: string; readonly baseline: string; readonly message?: string },
): Experiment {
  const gitRoot = gitRootOf(project);
  const folder = mkdtempSync(join(tmpdir(), "nidslab-index-"));
  const env = { ...process.env, ...identity(gitRoot), GIT_INDEX_FILE: join(folder, "index") };
  const run = (args: readonly string[], input = ""): string => {
    try {
      return execFileSync("git", args as string[], {
        cwd: gitRoot,
        env,
        input,
        encoding: "utf8",
        stdio: ["pipe", "pipe", "pipe"],
        maxBuffer: 1 << 28,
      }).trim();
    } catch (cause) {
      throw new GraphError(`the experiment could not be stored: git ${args[0]}: ${messageOf(cause)}`, {
        cause,
      });
    }
  };
  try {
    // Asked without GIT_INDEX_FILE, which it would answer with.
    const index = resolve(gitRoot, (git(gitRoot, ["rev-parse", "--git-path", "index"]) ?? "").trim());
    // The user's index knows what was added but not committed, and the stamps of the files.
    if (existsSync(index)) copyFileSync(index, env.GIT_INDEX_FILE);
    else run(["read-tree", experiment.baseline]);
    run(["add", "--update", "--", ":/"]);
    const paths = graphFiles(project, gitRoot);
    if (paths.length > 0)
      run(
        ["add", "--pathspec-from-file=-", "--pathspec-file-nul"],
        paths.map((path) => `:(top,literal)${path}`).join("\0"),
      );
    const tree = run(["write-tree"]);
    const message = experiment.message ?? `dvc: commit experiment ${contentHash(project)}`;
    const commit = run(["commit-tree", tree, "-p", experiment.baseline, "-m", message]);
    const ref = refOf(experiment.baseline, experiment.name);
    run(["update-ref", "-m", `commit: ${message}`, ref, commit]);
    return { name: experiment.name, baseline: experiment.baseline, ref, commit };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Who commits, where nobody is configured. */
function identity(gitRoot: string): NodeJS.ProcessEnv {
  if (git(gitRoot, ["var", "GIT_COMMITTER_IDENT"]) !== undefined) return {};
  const [name, email] = ["nidslab", "nidslab@localhost"];
  return {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
  };
}

/** Files that DVC adds to an experiment though Git may not track them yet: what the graph reads and writes outside the cache. */
function graphFiles(project: Project, gitRoot: string): string[] {
  const inCache = project
    .nodes()
    .flatMap((node) => node.outs.filter((out) => out.cache).map((out) => out.absolute));
  const isCached = (path: string): boolean =>
    inCache.some((out) => path === out || path.startsWith(`${out}/`) || out.startsWith(`${path}/`));
  const paths = new Set<string>();
  for (const node of project.nodes()) {
    paths.add(node.file);
    if (node.kind === "stage") paths.add(join(dirname(node.file), "dvc.lock"));
    for (const ref of [...node.deps, ...node.params]) if (!isCached(ref.absolute)) paths.add(ref.absolute);
    for (const out of node.outs)
      paths.add(out.cache ? join(dirname(out.absolute), ".gitignore") : out.absolute);
  }
  for (const file of project.dvcFiles())
    for (const ref of [...file.params, ...file.metrics]) if (!isCached(ref.absolute)) paths.add(ref.absolute);
  return [...paths]
    .filter((path) => project.contains(path) && existsSync(path))
    .filter((path) => !project.gitIgnore?.ignored(path, statSync(path).isDirectory()))
    .map((path) => toSlashes(relative(gitRoot, path)));
}

/** DVC's hash of an experiment: of the lock entries of its stages. */
function contentHash(project: Project): string {
  const entries: YamlMap = new Map();
  for (const node of project.nodes()) {
    const entry: Yaml | undefined = node.kind === "stage" ? project.lock(node).entry(node.name) : undefined;
    if (entry !== undefined) entries.set(node.name, entry);
  }
  return hashBytes(runValueJson(entries));
}
