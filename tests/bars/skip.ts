import { existsSync } from "node:fs";

/** Why bars that train for a minute are left out; undefined: they run, as in .ci/run. */
export function whySkipped(folder: string): string | undefined {
  if (!existsSync(folder)) return `${folder} is not there`;
  return process.env.NIDSLAB_BARS === undefined ? "set NIDSLAB_BARS=1 to run them" : undefined;
}
