import { parseArgs } from "node:util";
import { plainFacts } from "../dataset/plain/dialect.js";
import { dialects } from "../dataset/registry.js";
import type { Command } from "./command.js";

export const command: Command = {
  summary: "list the dialects that can be read",
  help: `Usage: nidslab datasets [--json]

Lists the kinds of data that ingest, predict and the notebooks read: what a row is, how labels are understood, which
columns only the profile oracle may use.

Example:
  nidslab datasets`,
  async run(args) {
    const { values } = parseArgs({ args: [...args], options: { json: { type: "boolean" } } });
    const listed = [...dialects, { ...plainFacts, columns: [] }].map(
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
    if (values.json) {
      process.stdout.write(`${JSON.stringify(listed, null, 2)}\n`);
      return 0;
    }
    for (const dialect of listed) {
      const named = (use: string): string =>
        dialect.columns
          .filter((column) => column.use === use)
          .map(({ name }) => name)
          .join(", ") || "none";
      process.stdout.write(
        `${dialect.name}  ${dialect.title}\n${dialect.needs === undefined ? "" : `  needs: ${dialect.needs}\n`}  row: ${dialect.row}\n  labels: ${dialect.label_policy}\n` +
          `  never features: ${named("never")}\n  profile oracle only: ${named("oracle")}\n  cite: ${dialect.citation}\n\n`,
      );
    }
    return 0;
  },
};
