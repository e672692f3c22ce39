import { commit } from "../pipeline/commit.js";
import { select } from "../pipeline/select.js";
import type { Command } from "./command.js";
import { confirm, failingAs, withProject } from "./dataVerb.js";
import { graphVerb, warnLine } from "./graphVerb.js";

const help = `Take outputs and data as they are now: into the cache, and into dvc.lock or the .dvc files.

usage: nidslab commit [options] [targets...]

targets: a .dvc file, a stage, an output; none: all
  -f, --force      also what has changed since it was recorded (else that is asked on a terminal, and refused elsewhere)
  -d, --with-deps  what the targets need, too
  -R, --recursive  everything below the folders that are named
      --no-relink  leave the files of the workspace as they are
  -q, --quiet      no messages
      --cd FOLDER  as if called in FOLDER

example: nidslab commit -f artifacts/models`;

export const command: Command = {
  summary: "take outputs and data as they are now into the cache and the lock",
  help,
  run: (args) =>
    graphVerb(
      args,
      ["-f|--force", "-d|--with-deps", "-R|--recursive", "--no-relink", "-q|--quiet"],
      help,
      async (options, open) => {
        const project = open();
        await withProject(project, async () => {
          const targets = options.targets.length === 0 ? [undefined] : options.targets;
          for (const target of targets) {
            await failingAs(
              target === undefined ? "failed to commit" : `failed to commit ${target}`,
              async () => {
                const chosen = select(
                  {
                    targets: target === undefined ? [] : [target],
                    withDeps: options.has("with-deps"),
                    recursive: options.has("recursive"),
                  },
                  project,
                );
                await commit(
                  chosen.map(({ node }) => node),
                  project,
                  {
                    force: options.has("force"),
                    relink: !options.has("no-relink"),
                    confirm,
                    write: (text) => options.has("quiet") || process.stdout.write(text),
                    warn: warnLine,
                  },
                );
              },
            );
          }
        });
        return 0;
      },
      1,
    ),
};
