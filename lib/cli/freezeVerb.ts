import { messageOf, UsageError } from "../base/errors.js";
import { GraphError } from "../pipeline/errors.js";
import { setFrozen } from "../pipeline/freeze.js";
import { takeLock } from "../pipeline/guard.js";
import type { Command } from "./command.js";
import { graphVerb } from "./graphVerb.js";

/** `freeze` or `unfreeze`. @param what what it does, for the help */
export function freezeCommand(verb: "freeze" | "unfreeze", summary: string, what: string): Command {
  const help = `${what}

usage: nidslab ${verb} [options] targets...

targets: stages, .dvc files; stages of foreach or matrix and stages with \${…} are refused, as in DVC: for them edit
frozen: true in dvc.yaml
  -q, --quiet     no messages
      --cd FOLDER as if called in FOLDER

example: nidslab ${verb} data.dvc`;
  return { summary, help, run: (args) => runVerb(args, verb, help) };
}

/** Each target by itself; a failure exits with 1 after the others were done. */
function runVerb(args: readonly string[], verb: "freeze" | "unfreeze", help: string): Promise<number> {
  return graphVerb(args, ["-q|--quiet"], help, async (options, open) => {
    if (options.targets.length === 0) throw new UsageError("the following arguments are required: targets");
    const release = takeLock(open());
    let code = 0;
    try {
      for (const target of options.targets) {
        try {
          // Opened anew: the target before may have changed the file.
          const said = setFrozen(target, verb === "freeze", open());
          if (!options.has("quiet")) process.stdout.write(said);
        } catch (cause) {
          if (!(cause instanceof GraphError)) throw cause;
          process.stderr.write(
            cause.bare
              ? `${messageOf(cause)}\n`
              : `ERROR: failed to ${verb} '${target}' - ${messageOf(cause)}\n`,
          );
          code = 1;
        }
      }
      return code;
    } finally {
      release();
    }
  });
}
