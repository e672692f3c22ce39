import { UsageError } from "../base/errors.js";
import { expandGlobs } from "../pipeline/glob.js";
import type { Project } from "../pipeline/project.js";
import { handOver, remoteText } from "../pipeline/realDvc.js";
import { fetchOutputs, foreignRemotes, type Tracked, trackedOf } from "../pipeline/remote.js";
import { eachRevision } from "../pipeline/revisions.js";
import { copyRuns } from "../pipeline/runCache.js";
import { select } from "../pipeline/select.js";
import { checkJobs, warnAbsent } from "./dataVerb.js";
import type { Options } from "./graphVerb.js";

/** Options that push, fetch and pull have in common. */
export const transferSpec = [
  "-j|--jobs=",
  "-r|--remote=",
  "-a|--all-branches",
  "-T|--all-tags",
  "-A|--all-commits",
  "-d|--with-deps",
  "-R|--recursive",
  "--run-cache",
  "--no-run-cache",
  "-q|--quiet",
];

/** Their lines in a help text. */
export const transferHelp = `targets: a .dvc file, a stage, an output, a path inside one; none: everything that is recorded
  -r, --remote NAME   the remote of outputs that name none of their own (default: core.remote)
  -j, --jobs N        taken as DVC takes it; folders are copied by one job
  -a, --all-branches  what the tips of all branches record, too
  -T, --all-tags      what all tags record, too
  -A, --all-commits   what all commits record, too
  -d, --with-deps     what the targets need, too
  -R, --recursive     everything below the folders that are named
      --run-cache     the runs that are kept, too (--no-run-cache: not, the default)
  -q, --quiet         no messages`;

/** What the options choose, in the workspace and in the revisions that are asked for. */
export function chosenOutputs(options: Options, project: Project): Tracked[] {
  checkJobs(options);
  if (options.has("run-cache") && options.has("no-run-cache")) {
    throw new UsageError("argument --no-run-cache: not allowed with argument --run-cache");
  }
  const selection = {
    targets: options.has("glob") ? expandGlobs(options.targets, project.cwd) : options.targets,
    withDeps: options.has("with-deps"),
    recursive: options.has("recursive"),
  };
  const found = trackedOf(select(selection, project), project);
  const scope = {
    branches: options.has("all-branches"),
    tags: options.has("all-tags"),
    commits: options.has("all-commits"),
  };
  eachRevision(scope, project, (_, then) => {
    if (options.targets.length === 0) found.push(...trackedOf(select(selection, then), then));
  });
  return found;
}

/** Bring what was chosen into the cache, with `--run-cache` the kept runs, too. @returns how many objects were copied */
export function fetchChosen(tracked: readonly Tracked[], options: Options, project: Project): number {
  const name = options.value("remote");
  const isReachable = hasRemote(options, project);
  if (options.has("run-cache") && isReachable)
    copyRuns(project.config.remote(name, "fetch").folder as string, project.config.cacheFolder);
  const { copied, absent } = fetchOutputs(tracked, project, name);
  if (isReachable) warnAbsent(absent);
  return copied;
}

/** When a remote is no folder: DVC does all of it. @returns its exit code, undefined when nidslab does it itself */
export function byDvc(
  verb: string,
  args: readonly string[],
  tracked: readonly Tracked[],
  options: Options,
  project: Project,
): number | undefined {
  const [remote] = foreignRemotes(tracked, project, options.value("remote"), verb);
  if (remote === undefined) return undefined;
  const own = args.flatMap((arg, i) =>
    arg === "--cd" || args[i - 1] === "--cd" || arg.startsWith("--cd=") ? [] : [arg],
  );
  return handOver(verb, own, project.cwd, remoteText(remote));
}

/** DVC's warning, where an output has no remote of its own (DVC says it always). */
export function warnNoRemote(tracked: readonly Tracked[], options: Options, project: Project): void {
  if (hasRemote(options, project)) return;
  if (tracked.length > 0 && tracked.every(({ out }) => out.remote !== undefined)) return;
  process.stderr.write("No remote provided and no default remote set.\n");
}

/** Whether outputs that name no remote have one. */
function hasRemote(options: Options, project: Project): boolean {
  return options.has("remote") || project.config.defaultRemote !== undefined;
}
