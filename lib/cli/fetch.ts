import type { Command } from "./command.js";
import { failingAs, summaryLine, withProject } from "./dataVerb.js";
import { graphVerb } from "./graphVerb.js";
import { byDvc, chosenOutputs, fetchChosen, transferHelp, transferSpec, warnNoRemote } from "./transfer.js";

const help = `Bring recorded data from a remote (a folder; for others the installed dvc does it) into the cache.

usage: nidslab fetch [options] [targets...]

${transferHelp}
      --cd FOLDER     as if called in FOLDER

example: nidslab fetch data.dvc`;

export const command: Command = {
  summary: "bring recorded data from a remote into the cache",
  help,
  run: (args) =>
    graphVerb(
      args,
      transferSpec,
      help,
      (options, open) =>
        failingAs("failed to fetch data from the cloud", async () => {
          const project = open();
          const tracked = chosenOutputs(options, project);
          const code = byDvc("fetch", args, tracked, options, project);
          if (code !== undefined) return code;
          return withProject(project, async () => {
            const copied = fetchChosen(tracked, options, project);
            if (options.has("quiet")) return 0;
            warnNoRemote(tracked, options, project);
            process.stdout.write(summaryLine({ fetched: copied }, "Everything is up to date."));
            return 0;
          });
        }),
      1,
    ),
};
