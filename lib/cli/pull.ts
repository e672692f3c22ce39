import { checkoutOutputs, MissingObjects, trackedOf, unrecordedOf } from "../pipeline/remote.js";
import { select } from "../pipeline/select.js";
import type { Command } from "./command.js";
import { checkoutCounts, checkoutLines, failingAs, summaryLine, withProject } from "./dataVerb.js";
import { graphVerb, warnLine } from "./graphVerb.js";
import { byDvc, chosenOutputs, fetchChosen, transferHelp, transferSpec, warnNoRemote } from "./transfer.js";

const help = `Bring recorded data from a remote (a folder; for others the installed dvc does it) into the cache and the workspace.

usage: nidslab pull [options] [targets...]

${transferHelp}
  -f, --force         overwrite files whose content is not in the cache
      --allow-missing outputs that are nowhere are no error
      --cd FOLDER     as if called in FOLDER

example: nidslab pull data.dvc`;

export const command: Command = {
  summary: "bring recorded data from a remote",
  help,
  run: (args) =>
    graphVerb(
      args,
      [...transferSpec, "-f|--force", "--allow-missing"],
      help,
      (options, open) =>
        failingAs("failed to pull data from the cloud", async () => {
          const project = open();
          const tracked = chosenOutputs(options, project);
          const code = byDvc("pull", args, tracked, options, project);
          if (code !== undefined) return code;
          return withProject(project, async () => {
            const copied = fetchChosen(tracked, options, project);
            const chosen = select(
              {
                targets: options.targets,
                withDeps: options.has("with-deps"),
                recursive: options.has("recursive"),
              },
              project,
            );
            const unrecorded = unrecordedOf(chosen, project);
            for (const out of unrecorded)
              warnLine(`No file hash info found for '${out.absolute}'. It won't be created.`);
            const say = (result: MissingObjects["result"]): void => {
              if (options.has("quiet")) return;
              process.stdout.write(checkoutLines(result.changes, project));
              warnNoRemote(tracked, options, project);
              const counts = { fetched: copied, ...checkoutCounts(result) };
              process.stdout.write(summaryLine(counts, "Everything is up to date."));
            };
            try {
              say(
                await checkoutOutputs(trackedOf(chosen, project), project, {
                  force: options.has("force"),
                  allowMissing: options.has("allow-missing"),
                  unrecorded,
                }),
              );
            } catch (cause) {
              if (cause instanceof MissingObjects) say(cause.result);
              throw cause;
            }
            return 0;
          });
        }),
      1,
    ),
};
