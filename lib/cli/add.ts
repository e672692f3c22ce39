import { resolve } from "node:path";
import { UsageError } from "../base/errors.js";
import { addData, checkAddable } from "../pipeline/addData.js";
import { GraphError } from "../pipeline/errors.js";
import { expandGlobs } from "../pipeline/glob.js";
import { Graph } from "../pipeline/graph.js";
import type { Command } from "./command.js";
import { FailedError, tellGit, withProject } from "./dataVerb.js";
import { graphVerb, type Options } from "./graphVerb.js";

const help = `Track files or folders as data: put them into the cache and write NAME.dvc beside them.

usage: nidslab add [options] paths...

A path that is tracked already is taken as it is now; comments and descriptions in its .dvc file stay.
      --no-commit  write the .dvc file, put nothing into the cache
      --glob       paths are shell-style patterns
      --no-relink  leave the files as they are, whatever cache.type says
  -f, --force      taken as DVC takes it: it matters with --out only
  -q, --quiet      no messages
      --cd FOLDER  as if called in FOLDER
not here: -o/--out, --to-remote, -r/--remote, --remote-jobs

example: nidslab add data/my-network`;

const refused = ["-o|--out=", "--to-remote", "-r|--remote=", "--remote-jobs="];

export const command: Command = {
  summary: "track a file or folder as data (writes NAME.dvc)",
  help,
  run: (args) =>
    graphVerb(
      args,
      ["--no-commit", "--glob", "--no-relink", "-f|--force", "-q|--quiet", ...refused],
      help,
      async (options, open) => {
        if (options.targets.length === 0)
          throw new UsageError("the following arguments are required: targets");
        refuseUnsupported(options);
        const project = open();
        return withProject(project, async () => {
          const files: string[] = [];
          try {
            const targets = options.has("glob") ? expandGlobs(options.targets, project.cwd) : options.targets;
            const paths = [...new Set(targets.map((target) => resolve(project.cwd, target)))];
            for (const path of paths) checkAddable(path, project);
            Graph.of(project.nodes(), project.cwd);
            for (const path of paths) {
              files.push(
                ...(await addData(path, project, {
                  commit: !options.has("no-commit"),
                  relink: !options.has("no-relink"),
                })),
              );
            }
          } catch (cause) {
            // DVC takes this one for an accident, and exits with 255.
            const isAccident = cause instanceof GraphError && cause.message.startsWith(".dvcignore file");
            if (!(cause instanceof GraphError) || isAccident) throw cause;
            if (cause.bare) {
              process.stderr.write(`${cause.message}\n`);
              return 1;
            }
            throw new FailedError(cause.message, { cause });
          }
          if (!options.has("quiet")) tellGit(files, project);
          return 0;
        });
      },
    ),
};

function refuseUnsupported(options: Options): void {
  if (!options.has("to-remote")) {
    for (const name of ["remote", "remote-jobs"])
      if (options.has(name)) throw new FailedError(`--${name} can't be used without --to-remote`);
  }
  for (const name of ["out", "to-remote"])
    if (options.has(name)) throw new FailedError(`nidslab does not support --${name}. Use dvc add for it.`);
}
