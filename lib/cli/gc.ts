import { UsageError } from "../base/errors.js";
import { GraphError } from "../pipeline/errors.js";
import { collectGarbage } from "../pipeline/gc.js";
import type { Command } from "./command.js";
import { answered, checkJobs, confirm, withProject } from "./dataVerb.js";
import { graphVerb, type Options, warnLine } from "./graphVerb.js";

const help = `Delete objects of the cache that nothing uses. What the workspace uses always stays; say what else does.

usage: nidslab gc [options]

  -w, --workspace       keep what the workspace uses (and nothing else, unless another option says so)
  -a, --all-branches    keep what the tips of all branches use
  -T, --all-tags        keep what all tags use
  -A, --all-commits     keep what any commit uses
      --rev REV         keep what this commit uses
  -n, --num N           with --rev or -a: N commits back from there (default 1)
      --date DATE       keep what commits since YYYY-MM-DD use
      --all-experiments keep what experiments use
      --not-in-remote   keep only what the remote lacks
  -c, --cloud           clean the remote (a folder), too
  -r, --remote NAME     which one (default: core.remote)
      --skip-failed     leave out revisions that cannot be read (what only they use is deleted)
      --dry             print what would be deleted
  -f, --force           do not ask
  -j, --jobs N          taken as DVC takes it
  -q, --quiet           no messages
      --cd FOLDER       as if called in FOLDER
not here: -p, --projects (a cache that other projects share: use dvc gc -p)

example: nidslab gc --workspace --all-branches --dry`;

const spec = [
  "-w|--workspace",
  "--rev=",
  "-n|--num=",
  "-a|--all-branches",
  "-T|--all-tags",
  "-A|--all-commits",
  "--date=",
  "--all-experiments",
  "--not-in-remote",
  "-c|--cloud",
  "-r|--remote=",
  "--skip-failed",
  "-f|--force",
  "-j|--jobs=",
  "-p|--projects",
  "--dry",
  "-q|--quiet",
];

export const command: Command = {
  summary: "delete objects of the cache that nothing uses",
  help,
  run: (args) =>
    graphVerb(args, spec, help, async (options, open) => {
      if (options.has("projects")) {
        throw new GraphError(
          "nidslab does not support -p/--projects. Use dvc gc -p for a cache that projects share.",
        );
      }
      const [extra] = options.targets;
      if (extra !== undefined) throw new UsageError(`unrecognized arguments: ${extra}`);
      checkJobs(options);
      const num = numberOf(options);
      check(options, num);
      const project = open();
      if (!options.has("quiet")) warnLine(announcement(options, num));
      const sure =
        options.has("force") || options.has("dry") || answered("Are you sure you want to proceed? [y/n]: ");
      if (!sure) return 1;
      return withProject(project, async () => {
        collectGarbage(project, {
          scope: {
            branches: options.has("all-branches"),
            tags: options.has("all-tags"),
            commits: options.has("all-commits"),
            experiments: options.has("all-experiments"),
            rev: options.value("rev"),
            num: num ?? 1,
            date: options.value("date"),
          },
          notInRemote: options.has("not-in-remote"),
          cloud: options.has("cloud"),
          remote: options.value("remote"),
          dry: options.has("dry"),
          force: options.has("force") || options.has("dry"),
          skipFailed: options.has("skip-failed"),
          confirm,
          write: (text) => options.has("quiet") || process.stdout.write(text),
          warn: warnLine,
        });
        return 0;
      });
    }),
};

function numberOf(options: Options): number | undefined {
  const text = options.value("num");
  if (text === undefined) return undefined;
  if (!/^-?\d+$/.test(text)) throw new UsageError(`argument -n/--num: invalid int value: '${text}'`);
  return Number(text) === 0 ? undefined : Number(text);
}

/** DVC's refusals. */
function check(options: Options, num: number | undefined): void {
  if (options.has("not-in-remote") && options.has("cloud"))
    throw new GraphError("`--not-in-remote` and `--cloud` are mutually exclusive");
  const scopes = ["workspace", "all-branches", "all-tags", "all-commits", "all-experiments", "date", "rev"];
  if (num === undefined && !scopes.some((name) => options.has(name))) {
    throw new GraphError(
      "Either of `-w|--workspace`, `-a|--all-branches`, `-T|--all-tags` `--all-experiments`, `--all-commits`, " +
        "`--date` or `--rev` needs to be set.",
    );
  }
  if (num !== undefined && !options.has("rev") && !options.has("all-branches"))
    throw new GraphError("`--num` can only be used alongside `--rev` or `--all-branches`");
  const date = options.value("date");
  if (date !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(date))
    throw new GraphError(`--date: expected YYYY-MM-DD, found '${date}'`);
}

/** What will stay, in DVC's words. */
function announcement(options: Options, num: number | undefined): string {
  const has = (name: string): boolean => options.has(name);
  const words = ["This will remove all cache except items used in the workspace"];
  if (has("all-commits")) words.push("and all git commits");
  else {
    const last = num === undefined ? "and all git branches" : `and last ${num} commits from all git branches`;
    if (has("all-branches") && has("all-tags"))
      words.push(num === undefined ? `${last} and tags` : `${last} and all git tags`);
    else if (has("all-branches")) words.push(last);
    else if (has("all-tags")) words.push("and all git tags");
    if (has("date")) words.push(`and all git commits before date ${options.value("date")}`);
    if (has("rev")) words.push(`and last ${num ?? 1} commits from ${options.value("rev")}`);
  }
  if (has("all-experiments")) words.push("and all experiments");
  if (has("not-in-remote")) words.push("that are not present in the DVC remote");
  return `${words.join(" ")} of the current repo.`;
}
