import { type FamilyChange, familyChanges } from "../eval/familyChange.js";
import { type Block, code, enumerate, paragraph, sentence, strong } from "./document.js";
import { fixed } from "./numbers.js";
import type { ReportInput, Result } from "./results.js";
import { type Cell, countCell, numberCell, type ReportTable, textCell } from "./table.js";
import { type Twins, twinsOf } from "./twins.js";

/** What the recent past of a flow's hosts adds to the flow itself, and which families lose by it; empty without such a pair. */
export function contextSection(input: ReportInput): Block[] {
  const pairs = twinsOf(input, "context", (model) => model?.context === false);
  if (pairs.length === 0) return [];
  return [
    { kind: "heading", id: "context", text: "What context adds, and what it costs" },
    paragraph(
      "A model of single flows sees one connection at a time; with context it also sees what its hosts did just before. The same model stands on both here, so that the columns are the only difference. A better average can hide a family that was found before and is not now: every such family is named.",
    ),
    ...pairs.flatMap(pairBlocks),
  ];
}

function pairBlocks({ split, first: context, second: single }: Twins): Block[] {
  const changes = familyChanges(single.details.test.families, context.details.test.families);
  const losers = changes.filter(({ gained }) => gained < 0);
  const f1 = ({ metrics }: Result): string => shown(metrics.test.macro_f1);
  const auc = ({ metrics }: Result): string => shown(metrics.test.roc_auc);
  return [
    paragraph(
      strong(`${split}: `),
      ...sentence`${code(single.model)} has macro-F1 ${f1(single)} and ROC-AUC ${auc(single)}, ${code(context.model)} ${f1(context)} and ${auc(context)}. `,
      ...(losers.length === 0
        ? ["No family loses recall."]
        : ["Families that lose recall: ", ...enumerate(losers.map(({ family }) => code(family))), "."]),
    ),
    {
      kind: "details",
      summary: `Recall by family, split ${split}`,
      blocks: [{ kind: "table", table: table(split, changes) }],
    },
  ];
}

function table(split: string, changes: readonly FamilyChange[]): ReportTable {
  return {
    caption: `Recall of each attack family on the test part of split ${split}, each model at its own threshold; most flows lost first.`,
    columns: [
      { name: "family", title: "Family" },
      { name: "flows", title: "Flows", align: "right" },
      { name: "single", title: "Single flows", align: "right" },
      { name: "context", title: "With context", align: "right" },
    ],
    rows: changes.map(({ family, n, before, after, gained }): Cell[] => [
      textCell(family, gained < 0),
      countCell(n),
      numberCell(before),
      numberCell(after),
    ]),
  };
}

function shown(value: number | null): string {
  return value === null ? "undefined" : fixed(value, 3);
}
