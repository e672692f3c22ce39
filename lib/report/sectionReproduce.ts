import { type Block, code, paragraph, sentence } from "./document.js";
import type { ReportInput } from "./results.js";

/** How to get the same numbers again, and how to use what was made. */
export function reproduceSection({ settings }: ReportInput): Block[] {
  return [
    { kind: "heading", id: "reproduce", text: "How to reproduce this" },
    paragraph(
      ...sentence`Everything here follows from the data, ${code("params.yaml")} and its seed (${String(settings.seed)}). The same clone gives the same bytes again on the same kind of processor; ${code("dvc.lock")} holds the hash of every file.`,
    ),
    {
      kind: "list",
      items: [
        sentence`${code("npm run repro")} runs what has changed since, in a fresh clone everything.`,
        sentence`${code("./bin/nidslab verify")} reruns it all in a scratch folder and compares every output with ${code("dvc.lock")}.`,
        sentence`${code("./bin/nidslab repro -S KEY=VALUE")} changes a parameter and runs what depends on it; ${code("exp run")} keeps the result as an experiment.`,
        sentence`${code("./bin/nidslab figures --format pdf")} draws these figures for a paper; ${code("reports/comparison.tex")} is its table.`,
      ],
    },
  ];
}
