import { auditSection } from "./auditBlocks.js";
import { comparisonTable, fullComparison } from "./comparison.js";
import { type Block, documentMarkdown, figuresOf } from "./document.js";
import { modelCard } from "./modelCard.js";
import { plural } from "./numbers.js";
import { pageHtml } from "./page.js";
import { type Champion, championOf, type ReportInput, resultsOf } from "./results.js";
import { alertSection } from "./sectionAlerts.js";
import { breakdownSection } from "./sectionBreakdowns.js";
import { clusterSection } from "./sectionClusters.js";
import { contextSection } from "./sectionContext.js";
import { costSection } from "./sectionCost.js";
import { crossSection } from "./sectionCross.js";
import { dataSection, questionSection } from "./sectionData.js";
import { explainSection } from "./sectionExplain.js";
import { foldTable } from "./sectionFolds.js";
import { leaksSection } from "./sectionLeaks.js";
import { limitsSection, modelSection } from "./sectionModels.js";
import { modeSection } from "./sectionModes.js";
import { pairedSection } from "./sectionPaired.js";
import { reproduceSection } from "./sectionReproduce.js";
import { comparisonSection, familySection, summarySection, thresholdSection } from "./sectionResults.js";
import { renderSvg } from "./svg.js";
import { toCsv, toLatex, toMarkdown } from "./table.js";

/** The files of reports/ that the report stage writes, as text. */
export interface ReportFiles {
  readonly champion: Champion;
  /** Path relative to reports/ → content. */
  readonly texts: ReadonlyMap<string, string>;
}

/** A report before it is written in any format. */
export interface ReportDocument {
  readonly champion: Champion;
  readonly title: string;
  /** One sentence below the title. */
  readonly lead: string;
  readonly blocks: readonly Block[];
}

/** What the report says and shows, in the order in which it reads. */
export function reportDocument(input: ReportInput): ReportDocument {
  const { headline, run } = input.settings;
  const champion = championOf(input.results, headline, run.models);
  const title = `Intrusion detection on ${input.ingest.datasets.join(", ")}`;
  const lead = `${plural(run.models.length, "model")}, ${plural(run.splits.length, "way")} of separating training from test data, and what the numbers do and do not say.`;
  const blocks: Block[] = [
    ...summarySection(input, champion),
    // What was asked, of which data.
    ...questionSection(input),
    ...dataSection(input),
    // What came out, and where it fails.
    ...comparisonSection(input, champion),
    ...pairedSection(input, champion),
    ...familySection(input, champion),
    ...breakdownSection(input, champion),
    ...thresholdSection(input, champion),
    ...alertSection(input),
    ...explainSection(input, champion),
    ...contextSection(input),
    ...modeSection(input),
    ...crossSection(input),
    ...clusterSection(input),
    // Why to doubt it.
    ...auditSection(input.audit),
    ...leaksSection(input),
    // What it takes to use it.
    ...modelSection(input),
    ...costSection(input),
    ...limitsSection(input),
    ...reproduceSection(input),
  ];
  return { champion, title, lead, blocks };
}

/** Build everything that a reader looks at. The same input gives the same bytes. */
export async function buildReport(input: ReportInput): Promise<ReportFiles> {
  const { champion, title, lead, blocks } = reportDocument(input);
  const svg = new Map<string, string>();
  for (const { name, figure } of figuresOf(blocks)) svg.set(name, await renderSvg(figure.vegaLite));
  const folds = foldTable(input);
  const tables = [comparisonTable(input, champion), ...(folds === null ? [] : [folds])];
  return {
    champion,
    texts: new Map([
      ["report.md", documentMarkdown(title, [{ kind: "paragraph", text: [lead] }, ...blocks])],
      ["report.html", pageHtml({ title, lead, blocks, svg })],
      ["comparison.md", tables.map((table) => toMarkdown(table)).join("\n")],
      ["comparison.csv", toCsv(fullComparison(input))],
      [
        "comparison.tex",
        tables.map((table, i) => toLatex(table, i === 0 ? "comparison" : "cross-validation")).join("\n"),
      ],
      ...Array.from(svg, ([name, text]): [string, string] => [`figures/${name}.svg`, text]),
      ...resultsOf(input, champion.split).map((result): [string, string] => [
        `cards/${result.model}.md`,
        documentMarkdown(`Model card: ${result.model}`, modelCard(input, result)),
      ]),
    ]),
  };
}
