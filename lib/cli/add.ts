import { existsSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import { UsageError } from "../base/errors.js";
import { writeFileAtomic } from "../base/files.js";
import { compareText } from "../base/json.js";
import { dataFileText, updateDataFile } from "../pipeline/dataFile.js";
import { GraphError } from "../pipeline/errors.js";
import { gitHint } from "../pipeline/gitFiles.js";
import { Graph } from "../pipeline/graph.js";
import { takeLock } from "../pipeline/guard.js";
import type { Project } from "../pipeline/project.js";
import { ignoreOutput, refuseTracked } from "../pipeline/save.js";
import { recordOf } from "../pipeline/tree.js";
import type { Command } from "./command.js";
import { graphVerb } from "./graphVerb.js";

const help = `Track files or folders as data: put them into the cache and write NAME.dvc beside them.

usage: nidslab add [--cd FOLDER] paths...

example: nidslab add data/my-network`;

export const command: Command = {
  summary: "track a file or folder as data (writes NAME.dvc)",
  help,
  run: (args) =>
    graphVerb(args, [], help, async (options, open) => {
      if (options.targets.length === 0) throw new UsageError("the following arguments are required: targets");
      const project = open();
      const release = takeLock(project);
      try {
        const files: string[] = [];
        for (const target of options.targets)
          files.push(...(await addData(resolve(project.cwd, target), project)));
        const names = [...new Set(files)].map((file) => project.show(file)).sort(compareText);
        if (names.length > 0 && project.gitRoot !== undefined) process.stdout.write(gitHint(names));
        return 0;
      } finally {
        project.saveState();
        release();
      }
    }),
};

/** @returns the files that Git should know of */
async function addData(path: string, project: Project): Promise<string[]> {
  if (!project.contains(path)) throw new GraphError(`'${path}' is outside the project ${project.root}.`);
  const rule = project.dvcIgnore.match(path, false);
  if (rule !== undefined) throw new AddError(`Path '${path}' is ignored by ${rule.source}`);
  const hashed = await project.hasher.hash(path);
  if (hashed === undefined) throw new AddError(`output '${project.show(path)}' does not exist: '${path}'`);
  Graph.of(project.nodes(), project.cwd);
  for (const node of project.nodes()) {
    for (const out of node.outs) {
      const same = out.absolute === path;
      if (same && node.kind === "data") {
        if (out.cache) refuseTracked(path, out.path, project);
        const ignored = out.cache ? ignoreOutput(path, project) : [];
        if (out.cache) project.cache.add(path, hashed);
        if (out.recorded?.md5 === hashed.md5) return ignored;
        updateDataFile(node.file, out, recordOf(hashed));
        return [...ignored, node.file];
      }
      if (same || out.absolute.startsWith(path + sep) || path.startsWith(out.absolute + sep)) {
        throw new GraphError(
          `'${project.show(path)}' overlaps with '${out.path}', an output of '${node.address}'.`,
        );
      }
    }
  }
  const file = join(dirname(path), `${basename(path)}.dvc`);
  if (existsSync(file))
    throw new GraphError(`'${project.show(file)}' is there already and describes something else.`);
  refuseTracked(path, project.show(path), project);
  const ignored = ignoreOutput(path, project);
  project.cache.add(path, hashed);
  writeFileAtomic(file, dataFileText(basename(path), recordOf(hashed)));
  return [...ignored, file];
}

/** Where DVC's `add` exits with 1. */
class AddError extends GraphError {
  override readonly exitCode = 1;
}
