import { type Block, code, paragraph, sentence } from "./document.js";
import { evaluationsItem } from "./evaluations.js";
import { modelCard } from "./modelCard.js";
import { bytes, count, percent } from "./numbers.js";
import { type ModelFile, type ReportInput, type Result, resultsOf } from "./results.js";
import { seedBlocks } from "./sectionSeeds.js";
import { trainingBlocks } from "./sectionTraining.js";
import { countCell, type ReportTable, textCell } from "./table.js";
import { paramWords, recordedRule } from "./words.js";

/** Short model cards: what was trained, with what, and what is served. */
export function modelSection(input: ReportInput): Block[] {
  const split = input.settings.headline;
  const results = resultsOf(input, split);
  return [
    { kind: "heading", id: "models", text: "Model cards" },
    paragraph(
      ...sentence`Models of split ${code(split)}. The scores in this report come from the very ${code("model.onnx")} whose size is given, computed by ONNX Runtime: what is measured is what is served.`,
    ),
    { kind: "table", table: modelTable(input, results) },
    ...results.map(
      (result): Block => ({
        kind: "details",
        summary: `${result.model}: intended use and known failures`,
        blocks: modelCard(input, result),
      }),
    ),
    {
      kind: "details",
      summary: "Checksums and what training left to say",
      blocks: [{ kind: "list", items: results.map(factLine) }],
    },
    ...seedBlocks(results),
    ...trainingBlocks(input),
  ];
}

function modelTable(input: ReportInput, results: readonly Result[]): ReportTable {
  return {
    caption: `Models of split ${input.settings.headline}. Reads: the flows that a decision is made from, and which columns of context (what the flows before them were) each of them has. Features: columns of one flow.`,
    columns: [
      { name: "model", title: "Model" },
      { name: "type", title: "Type" },
      { name: "parameters", title: "Parameters" },
      { name: "reads", title: "Reads" },
      { name: "features", title: "Features", align: "right" },
      { name: "onnx_bytes", title: "model.onnx", align: "right" },
      { name: "rule", title: "Threshold rule" },
      { name: "seed", title: "Seed", align: "right" },
    ],
    rows: results.map(({ model, details, file, onnxBytes }) => [
      textCell(model),
      textCell(details.kind === "detector" ? `${details.type} (sees benign rows only)` : details.type),
      textCell(paramWords(shortParams(file.params))),
      textCell(readsWords(file)),
      countCell(file.columns.length),
      textCell(bytes(onnxBytes)),
      textCell(
        recordedRule(
          details.decision.rule,
          input.settings.models[model]?.decision ?? input.settings.decision,
        ),
      ),
      textCell(String(file.seed)),
    ]),
  };
}

/** Parameters that are set; of the members of an ensemble the types: the rest stands in model.json. */
function shortParams(params: ModelFile["params"]): Readonly<Record<string, unknown>> {
  const isEmpty = (value: unknown): boolean =>
    value === null || (typeof value === "object" && Object.keys(value as object).length === 0);
  const typesOf = (value: unknown): unknown =>
    Array.isArray(value) && value.every((each) => typeof each?.type === "string")
      ? value.map(({ type }) => type).join(" and ")
      : value;
  return Object.fromEntries(
    Object.entries(params).flatMap(([name, value]) => (isEmpty(value) ? [] : [[name, typesOf(value)]])),
  );
}

/** The flows that a model decides from, and the groups of context that it takes: "16 flows; arrivals". */
function readsWords({ window, context }: ModelFile): string {
  const rows =
    window === undefined
      ? "a flow"
      : `${window.as === "summary" ? "summary of " : ""}${count(window.length)} flows`;
  const groups = (context?.groups as readonly string[] | undefined) ?? [];
  return groups.length === 0 ? rows : `${rows}; ${groups.join(", ")}`;
}

function factLine({ model, file, onnxBytes }: Result): ReturnType<typeof sentence> {
  const summary = Object.entries(file.summary).filter(
    ([, value]) => value === null || typeof value !== "object",
  );
  const words = summary.map(([name, value]) => `${name.replace(/_/g, " ")} ${String(value)}`).join(", ");
  return sentence`${code(model)}: model.onnx ${count(onnxBytes)} bytes, SHA-256 ${code(file.onnx_sha256)}${words === "" ? "" : `; ${words}`}.`;
}

/** What a careful reader must not conclude from this report. */
export function limitsSection(input: ReportInput): Block[] {
  const { settings, ingest } = input;
  const split = settings.headline;
  const results = resultsOf(input, split);
  const oneSeed = results.filter(({ details }) => details.seeds === null).map(({ model }) => model);
  const smallest = results[0]?.details.test.families.reduce(
    (least, family) => (least === undefined || family.n < least.n ? family : least),
    undefined as { readonly family: string; readonly n: number } | undefined,
  );
  const prevalence = results[0] === undefined ? null : attackShare(results[0]);
  return [
    { kind: "heading", id: "limits", text: "What this does not show" },
    {
      kind: "list",
      items: [
        sentence`${ingest.datasets.length === 1 ? "One dataset." : "Few datasets."} ${ingest.datasets.join(", ")} holds the traffic of the networks it was recorded in, with the tools its authors chose. An interval tells how much a number moves when other flows are drawn from the same recordings; it does not tell what happens in another network, which can be far outside of it.`,
        [
          "Flows of one attack run are alike, yet the bootstrap draws them one by one. The intervals are therefore too narrow for the question how a new attack run would fare.",
        ],
        ...(oneSeed.length === 0
          ? []
          : [
              sentence`One training seed (${String(settings.seed)}) for ${oneSeed.join(", ")}: how much the numbers move when training is repeated is not part of their intervals.`,
            ]),
        ...(prevalence === null
          ? []
          : [
              sentence`${percent(prevalence)} of the test flows are attacks. In a real network it is far fewer, and precision falls with that share: at one attack in a thousand flows, a false positive rate of 0.01 alone gives about ten false alarms for every attack.`,
            ]),
        ...(smallest === undefined
          ? []
          : [
              sentence`Rare families rest on few flows (${smallest.family}: ${count(smallest.n)}). Their recall is an indication, not a measurement.`,
            ]),
        [
          "Thresholds were chosen on validation rows, which come from the training side of the split. On other traffic they need to be chosen again.",
        ],
        evaluationsItem(input),
        [
          "Several models were compared on the same test part. The champion was chosen on validation; who picks another one by its test numbers makes a choice on test, and those numbers are then too good.",
        ],
        [
          "Labels are taken as the dataset gives them. Nobody who attacked knew of these models or tried to evade them.",
        ],
      ],
    },
  ];
}

function attackShare({ metrics }: Result): number | null {
  const { n, tp, fn } = metrics.test;
  return n === 0 ? null : (tp + fn) / n;
}
