import { createWriteStream } from "node:fs";
import { resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { UsageError } from "../base/errors.js";
import { localPath, replaceFile } from "../base/files.js";
import type { Tally } from "../base/tally.js";
import { type LabelCounts, labelLog, newLabelCounts } from "../dataset/labelLog.js";
import { type LabelRule, readRules } from "../dataset/labelRules.js";
import type { Command } from "./command.js";

export const command: Command = {
  summary: "label a Zeek conn.log by rules",
  help: `Usage: nidslab label RULES LOG [--out FILE] [--replace] [--json]

Writes LOG (Zeek's conn.log, TSV or JSON lines, gzipped or not) with two more columns, label and detailedlabel, as
conn.log.labeled has them: to stdout, or to FILE. How many rows got which label goes to stderr.

RULES is a file of Stratosphere's netflowlabeler:

  Background:
      - srcIP=all
  Malicious, CC:                            # label, detailed label
      - dstIP=192.0.2.0/24 & dstPort=443    # all conditions of a line (AND)
      - srcIP=10.0.0.34 & Bytes>=100000     # or those of another line (OR)

The last rule that holds gives the label; rows that none holds for get (empty). Operators: = != > >= < <=; all holds
always. Fields: srcIP dstIP (addresses and networks, IPv6 too) srcPort dstPort Proto State Date Duration Bytes sBytes
dBytes IPBytes Packets sPkts dPkts service history uid.

  --out FILE   where the labelled log goes
  --replace    label a log anew that has labels
  --json       the counts as JSON on stdout (the log is written only with --out)

Example:
  nidslab label labels.config conn.log --out conn.log.labeled`,
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        out: { type: "string" },
        replace: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
      },
    });
    if (positionals.length !== 2)
      throw new UsageError(
        "label: two files are needed, the rules and the log: nidslab label RULES LOG. See nidslab label --help.",
      );
    const [rulesFile, log] = positionals.map(localPath);
    const out = values.out === undefined ? undefined : localPath(values.out);
    if (out !== undefined && [rulesFile, log].some((file) => resolve(file) === resolve(out)))
      throw new UsageError("label: --out must be another file than RULES and LOG.");
    const rules = await readRules(rulesFile);
    const counts = newLabelCounts();
    const lines = labelLog(log, rules, counts, values.replace);
    if (out !== undefined)
      await replaceFile(out, (temporary) => pipeline(Readable.from(lines), createWriteStream(temporary)));
    else if (values.json) for await (const _ of lines);
    else for await (const text of lines) await toStdout(text);
    if (values.json) process.stdout.write(`${JSON.stringify(summary(rules, counts), null, 2)}\n`);
    else process.stderr.write(report(counts));
    return 0;
  },
};

function toStdout(text: string): Promise<void> {
  return new Promise((done) => {
    process.stdout.write(text, () => done());
  });
}

function summary(rules: readonly LabelRule[], { rows, labels, dropped, repaired }: LabelCounts): object {
  return {
    rows,
    rules: rules.length,
    labels: Object.fromEntries(byCount(labels)),
    dropped: dropped.toJSON(),
    repaired: repaired.toJSON(),
  };
}

function report({ rows, labels, dropped, repaired }: LabelCounts): string {
  const width = String(rows).length;
  const lines = byCount(labels).map(([name, count]) => `  ${String(count).padStart(width)}  ${name}`);
  const more = [...reasonLines("rows left out", dropped), ...reasonLines("repaired", repaired)];
  return [`label: ${rows} rows`, ...lines, ...more].map((line) => `${line}\n`).join("");
}

function reasonLines(what: string, tally: Tally): string[] {
  return Object.entries(tally.toJSON()).map(([reason, { count, first_lines }]) => {
    const where = `${first_lines.length > 1 ? "lines" : "line"} ${first_lines.join(", ")}`;
    return `label: ${count} ${what}: ${reason} (${where}${count > first_lines.length ? ", …" : ""})`;
  });
}

function byCount(labels: LabelCounts["labels"]): [string, number][] {
  return [...labels].sort(([, a], [, b]) => b - a);
}
