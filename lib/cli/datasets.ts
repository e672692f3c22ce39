import { parseArgs } from "node:util";
import { UsageError } from "../base/errors.js";
import { didYouMean } from "../base/nearest.js";
import { plainFacts } from "../dataset/plain/dialect.js";
import { dialects } from "../dataset/registry.js";
import type { Command } from "./command.js";

export const command: Command = {
  summary: "list the dialects that can be read",
  help: `Usage: nidslab datasets [NAME] [--json]

Lists the kinds of data that ingest, audit, predict and the notebooks read, and what each needs. With NAME also what a row
is, how labels are understood, and which columns are never features, in both profiles, or in the profile oracle alone.

  --json   all of that, and every column

Example:
  nidslab datasets nsl-kdd`,
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: "boolean" } },
    });
    const all = [...dialects, { ...plainFacts, columns: [] }].map(
      ({ name, title, needs, row, labelPolicy, citation, columns }) => ({
        name,
        title,
        needs,
        row,
        label_policy: labelPolicy,
        citation,
        columns: columns.map((column) => ({
          name: column.name,
          unit: column.unit,
          use: column.use,
          meaning: column.meaning,
        })),
      }),
    );
    const listed = chosen(all, positionals);
    if (values.json) {
      process.stdout.write(`${JSON.stringify(listed, null, 2)}\n`);
      return 0;
    }
    const text = listed.map(positionals.length === 0 ? shortText : longText).join("\n");
    process.stdout.write(
      positionals.length === 0
        ? `${text}\nnidslab datasets NAME says what a row is and how labels are understood.\n`
        : text,
    );
    return 0;
  },
};

interface Listed {
  readonly name: string;
  readonly title: string;
  readonly needs?: string;
  readonly row: string;
  readonly label_policy: string;
  readonly citation: string;
  readonly columns: readonly { readonly name: string; readonly use: string }[];
}

function chosen<D extends Listed>(all: readonly D[], names: readonly string[]): readonly D[] {
  if (names.length === 0) return all;
  const known = all.map(({ name }) => name);
  for (const name of names) {
    if (!known.includes(name))
      throw new UsageError(
        `datasets: "${name}" is not known (has: ${known.join(", ")}).${didYouMean(name, known)}`,
      );
  }
  return all.filter(({ name }) => names.includes(name));
}

function shortText({ name, title, needs }: Listed): string {
  return `${name}  ${title}\n${needs === undefined ? "" : `  needs: ${needs}\n`}`;
}

function longText(dialect: Listed): string {
  const named = (use: string): string =>
    dialect.columns
      .filter((column) => column.use === use)
      .map(({ name }) => name)
      .join(", ") || "none";
  return (
    `${shortText(dialect)}  row: ${dialect.row}\n  labels: ${dialect.label_policy}\n` +
    `  never features: ${named("never")}\n  features of both profiles: ${named("feature")}\n` +
    `  profile oracle only: ${named("oracle")}\n  cite: ${dialect.citation}\n`
  );
}
