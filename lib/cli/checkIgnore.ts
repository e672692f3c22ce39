import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { GraphError } from "../pipeline/errors.js";
import type { Project } from "../pipeline/project.js";
import { pythonJson, type Yaml } from "../pipeline/yaml/value.js";
import type { Command } from "./command.js";
import { graphVerb, type Options } from "./graphVerb.js";

const help = `Say which paths .dvcignore leaves out. Exit 0: at least one; 1: none.

usage: nidslab check-ignore [options] [targets...]

  -d, --details       the pattern that decides, too: file:line:pattern
  -a, --all           with -d: taken as DVC takes it, which knows one pattern a path
  -n, --non-matching  with -d: paths that no pattern matches, too (as ::)
      --stdin         read paths from standard input, one a line, up to an empty one
      --json          a list of {"path", "ignored", "patterns"}
  -q, --quiet         print nothing
      --cd FOLDER     as if called in FOLDER

example: nidslab check-ignore -d data/notes.tmp`;

const spec = ["-d|--details", "-a|--all", "-n|--non-matching", "--stdin", "--json", "-q|--quiet"];

export const command: Command = {
  summary: "say which paths .dvcignore leaves out",
  help,
  run: (args) =>
    graphVerb(args, spec, help, async (options, open) => {
      check(options);
      const project = open();
      const paths = options.has("stdin") ? fromStdin() : options.targets;
      const found = paths.map((path) => look(path, project));
      if (options.has("json")) {
        const rows = found.map(
          ({ path, ignored, patterns }) =>
            new Map<string, Yaml>([
              ["path", path],
              ["ignored", ignored],
              ["patterns", [...patterns]],
            ]),
        );
        process.stdout.write(`${pythonJson(rows as Yaml)}\n`);
      } else if (!options.has("quiet"))
        process.stdout.write(found.map((each) => lines(each, options)).join(""));
      return found.some((each) => (options.has("details") ? each.patterns.length > 0 : each.ignored)) ? 0 : 1;
    }),
};

function check(options: Options): void {
  const has = (name: string): boolean => options.has(name);
  if (!has("stdin") && options.targets.length === 0) throw new GraphError("`targets` or `--stdin` needed");
  if (has("stdin") && options.targets.length > 0)
    throw new GraphError("cannot have both `targets` and `--stdin`");
  if (has("non-matching") && !has("details"))
    throw new GraphError("`--non-matching` is only valid with `--details`");
  if (has("all") && !has("details")) throw new GraphError("`--all` is only valid with `--details`");
  if (has("quiet") && has("details")) throw new GraphError("cannot use both `--details` and `--quiet`");
}

function fromStdin(): string[] {
  const lines = readFileSync(0, "utf8").split("\n");
  const end = lines.indexOf("");
  return end < 0 ? lines : lines.slice(0, end);
}

interface Looked {
  readonly path: string;
  readonly ignored: boolean;
  readonly patterns: readonly string[];
}

function look(path: string, project: Project): Looked {
  const absolute = resolve(project.cwd, path);
  const isFolder =
    path.endsWith("/") || statSync(absolute, { throwIfNoEntry: false })?.isDirectory() === true;
  const rule = project.dvcIgnore.decisive(absolute, isFolder);
  return {
    path,
    ignored: rule !== undefined && !rule.negated,
    patterns: rule === undefined ? [] : [rule.source],
  };
}

function lines({ path, ignored, patterns }: Looked, options: Options): string {
  if (!options.has("details")) return ignored ? `${path}\n` : "";
  const shown = patterns.length === 0 && options.has("non-matching") ? ["::"] : patterns;
  return shown.map((pattern) => `${pattern}\t${path}\n`).join("");
}
