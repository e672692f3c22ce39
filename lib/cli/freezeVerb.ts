import { messageOf, UsageError } from "../base/errors.js";
import { GraphError } from "../pipeline/errors.js";
import { setFrozen } from "../pipeline/freeze.js";
import { takeLock } from "../pipeline/guard.js";
import { graphVerb } from "./graphVerb.js";

/** `freeze` and `unfreeze`: each target by itself; a failure exits with 1 after the others were done. */
export function freezeVerb(
  args: readonly string[],
  verb: "freeze" | "unfreeze",
  help: string,
): Promise<number> {
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
