import { isAbsolute } from "node:path";

/** Why a path of params.yaml, which is no dep of the graph, may not be read; undefined when it may. */
export function projectFileFault(path: string): string | undefined {
  if (isAbsolute(path)) return "an absolute path";
  return /^(\.\/)*artifacts(\/|$)/.test(path.replaceAll("\\", "/"))
    ? "written by the graph itself"
    : undefined;
}
