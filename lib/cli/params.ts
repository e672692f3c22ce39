import { type Revisions, withRevisions } from "../pipeline/reporting/revision.js";
import { cellText, changesJson, readParams } from "../pipeline/reporting/values.js";
import { pythonJson } from "../pipeline/yaml/value.js";
import type { Command } from "./command.js";
import { diffOf } from "./diff.js";
import { graphVerb, type Options, wrongWord } from "./graphVerb.js";
import { textTable } from "./textTable.js";

const help = `Show which parameters differ between two versions.

usage: nidslab params diff [options] [a] [b]

a, b: Git revisions; default HEAD against the files as they are
  --targets FILE...  only these files, whole
  --all              unchanged ones too
  --deps             only those that stages depend on
  --no-path          without the column of files
  --json             as JSON
  --md               as a Markdown table
  --cd FOLDER        as if called in FOLDER

example: nidslab params diff HEAD~1`;

export const command: Command = {
  summary: "show which parameters differ (params diff)",
  help,
  run: (args) =>
    graphVerb(
      args,
      ["--targets=...", "--all", "--deps", "--no-path", "--json", "--md"],
      help,
      async (options, open) => {
        const [what, ...revs] = options.targets;
        if (what !== "diff") throw wrongWord("params", ["diff"], what);
        process.stdout.write(withRevisions(open(), (revisions) => diff(revisions, revs, options)));
        return 0;
      },
    ),
};

function diff(revisions: Revisions, revs: readonly string[], options: Options): string {
  const wanted = { targets: options.all("targets"), onlyDeps: options.has("deps") };
  const { a, b, changes } = diffOf(revisions, revs, options, (each) => readParams(each, wanted));
  if (options.has("json")) return `${pythonJson(changesJson(changes))}\n`;
  const skip = options.has("no-path") ? 1 : 0;
  return textTable(
    ["Path", "Param", a, b].slice(skip),
    changes.map((change) =>
      [change.file, change.name, cellText(change.old), cellText(change.now)].slice(skip),
    ),
    options.has("md"),
  );
}
