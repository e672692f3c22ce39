import { lstatSync, statSync } from "node:fs";
import { dirname, sep } from "node:path";
import { GraphError } from "./errors.js";
import type { Project } from "./project.js";

/** @throws GraphError for a path below a folder that is a symbolic link, or is one: DVC tracks neither */
export function refuseSymlinkedPlace(path: string, project: Project): void {
  const isLink = (at: string): boolean => lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  let linked = isLink(path) && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  for (let at = dirname(path); at.length > project.root.length; at = dirname(at)) linked ||= isLink(at);
  if (!linked) return;
  throw new GraphError(
    "Cannot add files inside symlinked directories to DVC. See " +
      "<https://dvc.org/doc/user-guide/troubleshooting#add-symlink> for more information.",
  );
}

/** @throws GraphError in DVC's words for a path that is, holds or lies in an output of something else */
export function refuseOverlap(
  path: string,
  project: Project,
  options: { readonly exceptDataFile?: string },
): void {
  const shown = project.show(path);
  for (const node of project.nodes()) {
    for (const out of node.outs) {
      const other = project.show(out.absolute);
      if (out.absolute === path) {
        if (node.file === options.exceptDataFile) continue;
        throw new GraphError(
          `output '${shown}' is already specified in stage: '${node.address}'.\n` +
            `Use \`dvc remove ${node.address}\` to stop tracking the overlapping output.`,
        );
      }
      if (out.absolute.startsWith(path + sep)) {
        throw new GraphError(
          `Cannot add '${shown}', because it is overlapping with other DVC tracked output: '${other}'.\n` +
            `To include '${other}' in '${shown}', run 'dvc remove ${node.address}' and then 'dvc add ${shown}'`,
        );
      }
      if (path.startsWith(out.absolute + sep)) {
        throw new GraphError(
          `Cannot add '${shown}', because it is overlapping with other DVC tracked output: '${other}'.\n` +
            `To include '${shown}' in '${other}', run 'dvc commit ${node.address}'`,
        );
      }
    }
  }
}
