import { takeLock } from "../pipeline/guard.js";
import type { Project } from "../pipeline/project.js";
import { type CheckoutChange, checkoutOutputs, MissingObjects, trackedOutputs } from "../pipeline/remote.js";
import { findStagesOrOutputs } from "../pipeline/targets.js";
import type { Command } from "./command.js";
import { graphVerb } from "./graphVerb.js";

const help = `Make outputs what dvc.lock and the .dvc files record, from the cache.

usage: nidslab checkout [--cd FOLDER] [targets...]

Files that have been changed are overwritten.
example: nidslab checkout artifacts/models`;

export const command: Command = {
  summary: "make outputs what is recorded, from the cache",
  help,
  run: (args) =>
    graphVerb(args, ["-f|--force"], help, async (options, open) => {
      const project = open();
      const release = takeLock(project);
      try {
        const nodes =
          options.targets.length === 0 ? project.nodes() : findStagesOrOutputs(options.targets, project);
        const changes = await checkoutOutputs(trackedOutputs(nodes, project), project);
        process.stdout.write(checkoutLines(changes, project));
        return 0;
      } catch (cause) {
        if (cause instanceof MissingObjects) process.stdout.write(checkoutLines(cause.changes, project));
        throw cause;
      } finally {
        project.saveState();
        release();
      }
    }),
};

/** `A       path`, folders with a slash at the end. */
export function checkoutLines(changes: readonly CheckoutChange[], project: Project): string {
  const order = "MDA";
  return [...changes]
    .sort((a, b) => order.indexOf(a.letter) - order.indexOf(b.letter))
    .map(({ letter, path, isFolder }) => `${letter}       ${project.show(path)}${isFolder ? "/" : ""}\n`)
    .join("");
}
