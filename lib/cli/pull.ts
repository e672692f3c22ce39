import { GraphError } from "../pipeline/errors.js";
import { takeLock } from "../pipeline/guard.js";
import { checkoutOutputs, fetchOutputs, trackedOutputs } from "../pipeline/remote.js";
import { findStagesOrOutputs } from "../pipeline/targets.js";
import { checkoutLines } from "./checkout.js";
import type { Command } from "./command.js";
import { graphVerb } from "./graphVerb.js";

const help = `Bring recorded data from a remote (a folder) into the cache and the workspace.

usage: nidslab pull [options] [targets...]

targets: a .dvc file, a stage, an output; none: everything that is recorded
  -r, --remote NAME   where outputs that name no remote of their own come from (default: core.remote)
  --cd FOLDER         as if called in FOLDER

example: nidslab pull data.dvc`;

export const command: Command = {
  summary: "bring recorded data from a remote",
  help,
  run: (args) =>
    graphVerb(args, ["-r|--remote="], help, async (options, open) => {
      const project = open();
      const release = takeLock(project);
      try {
        const nodes =
          options.targets.length === 0 ? project.nodes() : findStagesOrOutputs(options.targets, project);
        const tracked = trackedOutputs(nodes, project);
        const { copied, missing } = fetchOutputs(tracked, project, options.value("remote"));
        const lost = new Set(missing.map((each) => each.out));
        const changes = await checkoutOutputs(
          tracked.filter((each) => !lost.has(each.out)),
          project,
        );
        process.stdout.write(checkoutLines(changes, project));
        if (missing.length > 0) {
          const names = missing.map((each) => project.show(each.out.absolute));
          const noRemote = missing.every((each) => each.out.remote === undefined) && !options.has("remote");
          throw new GraphError(
            noRemote && project.config.defaultRemote === undefined
              ? `no remote specified for: ${names.join(", ")}. Name one with -r, or set core.remote in .dvc/config; ` +
                  "nidslab repro computes stage outputs again."
              : `Checkout failed for following targets:\n${names.join("\n")}\nIs your cache up to date?`,
          );
        }
        process.stdout.write(
          copied + changes.length > 0 ? pullSummary(copied, changes.length) : "Everything is up to date.\n",
        );
        return 0;
      } finally {
        project.saveState();
        release();
      }
    }),
};

function pullSummary(fetched: number, added: number): string {
  const count = (n: number, what: string): string => `${n} file${n === 1 ? "" : "s"} ${what}`;
  return `${[fetched > 0 ? count(fetched, "fetched") : "", added > 0 ? `${added} added` : ""].filter(Boolean).join(" and ")}\n`;
}
