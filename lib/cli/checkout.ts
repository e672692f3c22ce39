import { GraphError } from "../pipeline/errors.js";
import { checkoutOutputs, MissingObjects, trackedOf, unrecordedOf } from "../pipeline/remote.js";
import { select } from "../pipeline/select.js";
import type { Command } from "./command.js";
import { checkoutCounts, checkoutLines, summaryLine, withProject } from "./dataVerb.js";
import { graphVerb, warnLine } from "./graphVerb.js";

const help = `Make outputs what dvc.lock and the .dvc files record, from the cache.

usage: nidslab checkout [options] [targets...]

targets: a .dvc file, a stage, an output, a path inside one; none: everything that is recorded
      --summary        counts instead of names
  -d, --with-deps      what the targets need, too
  -R, --recursive      everything below the folders that are named
  -f, --force          overwrite files whose content is not in the cache
      --relink         tie files to the cache anew, as cache.type says
      --allow-missing  outputs that are not in the cache are no error
      --cd FOLDER      as if called in FOLDER

A changed file that is saved nowhere is never overwritten without -f.
example: nidslab checkout artifacts/models`;

const spec = [
  "--summary",
  "-d|--with-deps",
  "-R|--recursive",
  "-f|--force",
  "--relink",
  "--allow-missing",
  "-q|--quiet",
];

export const command: Command = {
  summary: "make outputs what is recorded, from the cache",
  help,
  run: (args) =>
    graphVerb(args, spec, help, async (options, open) => {
      const project = open();
      return withProject(project, async () => {
        let chosen: ReturnType<typeof select>;
        const recursive = options.has("recursive");
        const withDeps = options.has("with-deps");
        try {
          chosen = select({ targets: options.targets, recursive, withDeps }, project);
        } catch (cause) {
          if (!(cause instanceof GraphError) || cause.bare || cause.exitCode !== 255) throw cause;
          throw new GraphError(`Did you mean \`git checkout ${options.targets[0]}\`?: ${cause.message}`, {
            cause,
          });
        }
        const unrecorded = unrecordedOf(chosen, project);
        for (const out of unrecorded)
          warnLine(`No file hash info found for '${out.absolute}'. It won't be created.`);
        const say = (result: MissingObjects["result"]): void => {
          if (options.has("quiet")) return;
          process.stdout.write(
            options.has("summary")
              ? summaryLine(checkoutCounts(result), "No changes.")
              : checkoutLines(result.changes, project),
          );
        };
        try {
          const result = await checkoutOutputs(trackedOf(chosen, project), project, {
            force: options.has("force"),
            relink: options.has("relink"),
            allowMissing: options.has("allow-missing"),
            unrecorded,
          });
          say(result);
        } catch (cause) {
          if (cause instanceof MissingObjects) say(cause.result);
          throw cause;
        }
        if (options.has("relink") && !options.has("quiet")) process.stdout.write("Relinked successfully\n");
        return 0;
      });
    }),
};
