import { pushOutputs } from "../pipeline/remote.js";
import { copyRuns } from "../pipeline/runCache.js";
import type { Command } from "./command.js";
import { failingAs, summaryLine, warnAbsent, withProject } from "./dataVerb.js";
import { graphVerb } from "./graphVerb.js";
import { byDvc, chosenOutputs, transferHelp, transferSpec, warnNoRemote } from "./transfer.js";

const help = `Send recorded data from the cache to a remote (a folder; for others the installed dvc does it).

usage: nidslab push [options] [targets...]

${transferHelp}
      --glob          targets are shell-style patterns
      --cd FOLDER     as if called in FOLDER

example: nidslab push -r store data.dvc`;

export const command: Command = {
  summary: "send recorded data to a remote",
  help,
  run: (args) =>
    graphVerb(
      args,
      [...transferSpec, "--glob"],
      help,
      (options, open) =>
        failingAs("failed to push data to the cloud", async () => {
          const project = open();
          const tracked = chosenOutputs(options, project);
          const code = byDvc("push", args, tracked, options, project);
          if (code !== undefined) return code;
          return withProject(project, async () => {
            const name = options.value("remote");
            const { copied, absent } = pushOutputs(tracked, project, name);
            const runs = options.has("run-cache")
              ? copyRuns(project.config.cacheFolder, project.config.remote(name, "push").folder as string)
              : 0;
            warnAbsent(absent);
            if (options.has("quiet")) return 0;
            warnNoRemote(tracked, options, project);
            process.stdout.write(summaryLine({ pushed: copied + runs }, "Everything is up to date."));
            return 0;
          });
        }),
      1,
    ),
};
