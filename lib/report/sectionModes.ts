import { type Block, code, enumerate, type Inline, paragraph, sentence, strong } from "./document.js";
import { percent } from "./numbers.js";
import type { ReportInput, Result } from "./results.js";
import { type Cell, type Column, intervalCell, numberCell, type ReportTable, textCell } from "./table.js";
import { type Twins, twinsOf } from "./twins.js";

/** The same models with what a sensor anywhere sees, and with what only the lab knows, too. */
export function modeSection(input: ReportInput): Block[] {
  const columns = input.ingest.dialects.flatMap(({ oracle }) => oracle);
  const pairs = twinsOf(input, "profile", (model) => model?.profile === "oracle");
  return [
    { kind: "heading", id: "modes", text: "Two threat models: realistic and oracle" },
    paragraph(
      strong("Realistic: "),
      "columns that a sensor on any wire has. ",
      strong("Oracle: "),
      "also what names the services of one site or what only its owner knows. Neither ever holds labels, identifiers, addresses or times. A model that is much better as an oracle owes its result to this lab; it is no candidate for the champion, because it has nothing to hold on to elsewhere.",
    ),
    ...columnBlocks(columns),
    ...(pairs.length === 0 ? [noPairs(columns.length)] : pairBlocks(pairs)),
  ];
}

function columnBlocks(columns: readonly { readonly name: string; readonly why: string }[]): Block[] {
  if (columns.length === 0) return [];
  const names = new Map<string, string[]>();
  for (const { name, why } of columns) {
    const known = names.get(why) ?? [];
    if (!known.includes(name)) names.set(why, [...known, name]);
  }
  return [
    {
      kind: "list",
      items: Array.from(names, ([why, ofReason]): Inline[] => [
        ...enumerate(ofReason.map((name) => code(name))),
        `: ${why}.`,
      ]),
    },
  ];
}

function noPairs(columns: number): Block {
  return columns === 0
    ? paragraph(
        "This kind of data has no column that only a lab sees: both modes are the same, and the models above are of either.",
      )
    : paragraph(
        ...sentence`No model of this run stands in both modes. A copy of one with ${code("profile: oracle")} under ${code("models")} in params.yaml, named in ${code("run.models")}, would be its twin.`,
      );
}

const shown = [
  ["average_precision", "AP"],
  ["macro_f1", "Macro-F1"],
] as const;

function pairBlocks(pairs: readonly Twins[]): Block[] {
  const table: ReportTable = {
    caption:
      "Each model in both modes on the test part, as value ± half the width of the 95% interval, and oracle minus realistic. AP: average precision; macro-F1 at each model's own threshold. The pair differs in nothing but the columns.",
    columns: [
      { name: "split", title: "Split" },
      { name: "model", title: "Model" },
      { name: "oracle_model", title: "Oracle twin" },
      ...shown.flatMap(([name, title]): Column[] => [
        { name: `${name}_realistic`, title: `${title}, realistic`, align: "right" },
        { name: `${name}_oracle`, title: `${title}, oracle`, align: "right" },
        { name: `${name}_difference`, title: "Difference", align: "right" },
      ]),
    ],
    rows: pairs.map(({ split, first, second }) => [
      textCell(split),
      textCell(first.model),
      textCell(second.model),
      ...shown.flatMap(([name]) => [
        valueCell(first, name),
        valueCell(second, name),
        gap(first, second, name),
      ]),
    ]),
  };
  const headline = pairs.filter(({ split }) => split === pairs[0].split);
  const novel = headline.map(novelRecall).filter((item) => item.length > 0);
  return [
    { kind: "table", table },
    ...(novel.length === 0 ? [] : [{ kind: "list", items: novel } satisfies Block]),
  ];
}

function valueCell({ details }: Result, name: (typeof shown)[number][0]): Cell {
  return intervalCell(details.test.intervals[name], details.test.reasons[name]);
}

function gap(first: Result, second: Result, name: (typeof shown)[number][0]): Cell {
  const [a, b] = [first.metrics.test[name], second.metrics.test[name]];
  return numberCell(a === null || b === null ? null : b - a, "one of the two is undefined");
}

/** What either finds of the attacks of families that training never had. */
function novelRecall({ split, first, second }: Twins): Inline[] {
  const [a, b] = [first, second].map(({ details }) => details.test.novel.point);
  if (a === null || b === null) return [];
  return sentence`Of the attacks of families that training lacks, on split ${code(split)}, ${code(first.model)} finds ${percent(a)} and ${code(second.model)} ${percent(b)}.`;
}
