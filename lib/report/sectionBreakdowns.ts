import type { Breakdowns, Grouped, Grouping } from "../eval/breakdowns.js";
import type { AttackCounts, Ends, GroupMetrics } from "../eval/groupMetrics.js";
import { type Block, code, enumerate, paragraph, sentence, strong } from "./document.js";
import { count, plural } from "./numbers.js";
import { type Champion, type ReportInput, resultsOf } from "./results.js";
import {
  type Cell,
  type Column,
  countCell,
  endsCell,
  numberCell,
  type ReportTable,
  textCell,
} from "./table.js";
import { countsOverTimeFigure, ratesOverTimeFigure } from "./timeFigures.js";

/** Where the champion's numbers on the headline split come from: hosts, services, days, attacks, missing columns, time. */
export function breakdownSection(input: ReportInput, champion: Champion): Block[] {
  const { split, model } = champion;
  const found = resultsOf(input, split).find((result) => result.model === model)?.details.test.breakdowns;
  if (found === undefined) return [];
  return [
    { kind: "heading", id: "breakdowns", text: "Where it works, and where it fails" },
    paragraph(
      ...sentence`The numbers of ${code(model)} on the test part of split ${code(split)}, taken apart. Groups with fewer than ${found.few_rows} flows are marked ${strong("few")}: they are an indication. Intervals are Wilson's, which take flows as independent and keep their width where none or all are found. Macro-F1 averages over benign and attack; a class that a group lacks counts as 0 where a flow is called it, and not at all where none is.`,
    ),
    ...timeBlocks(found, `Split ${split}, ${model}, test part`),
    ...titles.flatMap(([name, title, about]) => groupBlocks(found.by[name], found, title, about)),
    ...attackBlocks(found),
    ...absentBlocks(found),
  ];
}

const titles: readonly (readonly [name: Grouping, title: string, about: string])[] = [
  ["dataset", "Dataset", "dataset"],
  ["site", "Site", "site"],
  ["day", "Day", "day"],
  ["service", "Service", "application protocol"],
  ["host", "Host", "host that started the flow"],
  ["responder", "Responder", "host that answered"],
  [
    "columns",
    "Columns present",
    "columns that the flow has: what a missing sensor costs, where one is missing",
  ],
];

const right = (name: string, title: string): Column => ({ name, title, align: "right" });

function groupBlocks(
  grouped: Grouped | undefined,
  { whole }: Breakdowns,
  title: string,
  about: string,
): Block[] {
  // One group is the whole part again.
  if (grouped === undefined || grouped.groups.length < 2) return [];
  const { groups, others } = grouped;
  const table: ReportTable = {
    caption: `By ${about}; the largest groups first.`,
    columns: [
      { name: "group", title },
      ...["Flows", "Attacks"].map((name) => right(name.toLowerCase(), name)),
      ...["Recall", "FPR", "Precision", "Macro-F1", "ROC-AUC"].map((name) => right(name.toLowerCase(), name)),
    ],
    rows: [
      ...groups.map((group) => groupRow(group.name ?? "none recorded", group)),
      ...(others === null ? [] : [groupRow(`${plural(others.pooled, "smaller group")} together`, others)]),
      groupRow("all", whole),
    ],
  };
  return [
    {
      kind: "details",
      summary: `${title}: ${plural(groups.length + (others?.pooled ?? 0), "group")}`,
      blocks: [{ kind: "table", table }],
    },
  ];
}

function groupRow(name: string, group: GroupMetrics): Cell[] {
  const oneKind = "the group lacks attacks or benign flows";
  return [
    nameCell(name, group.few),
    countCell(group.n),
    countCell(group.attacks),
    rateCell(group.recall, group.recall_95, "the group has no attack"),
    rateCell(group.fpr, group.fpr_95, "the group has no benign flow"),
    numberCell(group.precision, "no flow of the group is flagged"),
    numberCell(group.macro_f1, "the group has no flow"),
    numberCell(group.roc_auc, oneKind),
  ];
}

function nameCell(name: string, few: boolean): Cell {
  return textCell(few ? `${name} (few)` : name);
}

function rateCell(point: number | null, ends: Ends, reason: string): Cell {
  return endsCell({ point, lo: ends?.[0] ?? null, hi: ends?.[1] ?? null }, reason);
}

function attackBlocks({ attacks, novelty }: Breakdowns): Block[] {
  if (attacks === null || attacks.groups.length === 0) return [];
  const { groups, others, untested } = attacks;
  const table: ReportTable = {
    caption:
      "By attack, as the dataset names it, each against every benign flow of the test part; the last rows are all attacks of families that training had, and all others.",
    columns: [
      { name: "attack", title: "Attack" },
      { name: "in_training", title: "In training" },
      right("flows", "Flows"),
      right("found", "Found"),
      right("recall", "Recall"),
      right("roc_auc", "ROC-AUC"),
    ],
    rows: [
      ...groups.map((group) => attackRow(group.name, group.seen, group)),
      ...(others === null
        ? []
        : [attackRow(`${plural(others.pooled, "rarer attack")} together`, null, others)]),
      ...novelty
        .filter(({ n }) => n > 0)
        .map((group) => attackRow(`all ${group.seen ? "known" : "new"} families`, group.seen, group)),
    ],
  };
  return [
    {
      kind: "details",
      summary: `Attack: ${plural(groups.length + (others?.pooled ?? 0), "name")}`,
      blocks: [{ kind: "table", table }],
    },
    ...(untested === null || untested.length === 0
      ? []
      : [
          paragraph(
            strong("Untested: "),
            ...enumerate(untested.map((name) => code(name))),
            ` ${untested.length === 1 ? "occurs" : "occur"} in training and not in the test part.`,
          ),
        ]),
  ];
}

function attackRow(name: string, seen: boolean | null, group: AttackCounts): Cell[] {
  return [
    nameCell(name, group.few),
    textCell(seen === null ? "–" : seen ? "yes" : "no (new)"),
    countCell(group.n),
    countCell(group.detected),
    rateCell(group.recall, group.recall_95, "no flow of it"),
    numberCell(group.roc_auc, "no benign flow to rank it against"),
  ];
}

function timeBlocks({ time }: Breakdowns, subtitle: string): Block[] {
  if (time === null) return [];
  const { sliding, batches } = time;
  const longer =
    sliding.seconds === sliding.asked_seconds
      ? ""
      : ` (${count(sliding.asked_seconds)} were asked for: windows are doubled until there are at most 60)`;
  return [
    {
      kind: "figure",
      name: "attacks-over-time",
      figure: countsOverTimeFigure(time, { subtitle }),
      caption: `How many attack flows are there, and how many flows are flagged, in windows of ${count(sliding.seconds)} seconds${longer} that slide by half of it. Where the second line lies above the first, most of the rest are false alarms.`,
    },
    {
      kind: "figure",
      name: "rates-over-time",
      figure: ratesOverTimeFigure(time, { subtitle }),
      caption: `The test part in ${`${count(batches.length)} batches`} of equal size in the order of time, each on its own and together with all before it. A batch without attacks has no recall.`,
    },
  ];
}

function absentBlocks({ absent }: Breakdowns): Block[] {
  const reasons = Object.entries(absent).map(([name, reason]) => `${name} (${reason})`);
  return reasons.length === 0 ? [] : [paragraph(`Not broken down: ${reasons.join(", ")}.`)];
}
