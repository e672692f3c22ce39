/**
 * The one door to nidslab for notebooks and users: `import { openLab, show } from "../dist/index.js"`.
 * What is not exported here may change without notice.
 */

// Errors that a program may want to tell apart.
export {
  DataError,
  EngineError,
  FormatError,
  NidslabError,
  ParamsError,
  SchemaError,
} from "./base/errors.js";
// Classes and columns that cross datasets.
export { cic2018Class, cic2018Classes } from "./dataset/cic/labels.js";
// The shapes of what the graph writes.
export type { IngestFacts } from "./dataset/ingest.js";
export { type Agreement, agreement } from "./eval/agreement.js";
export { type FamilyChange, familyChanges } from "./eval/familyChange.js";
export type { Details, FamilyRecall, Interval, Metrics, PartDetails, PartMetrics } from "./eval/result.js";
export type { AuditFacts } from "./explain/audit/facts.js";
export { groupColumns } from "./explain/clusters/columnGroups.js";
export type { ClustererResult, ClustersResult, ColumnGroups } from "./explain/clusters/result.js";
export type { FlowContribution, FlowExplanation } from "./explain/flow.js";
export type { ModelExplanation } from "./explain/modelExplanation.js";
export { type PermutationImportance, permutationImportance } from "./explain/permutation.js";
export { openExplainer } from "./explain/shap/explainer.js";
export type { Explanations } from "./explain/shap/explanations.js";
export { kernelShap } from "./explain/shap/kernelShap.js";
export { treeShap } from "./explain/shap/treeShap.js";
export { xgboostTrees } from "./explain/shap/xgboostTrees.js";
export { contextColumns } from "./features/context/build.js";
export { ContextState } from "./features/context/state.js";
export { slipsColumns } from "./features/slips.js";
export { clusterRows } from "./models/cluster/clusterRows.js";
// Clusters: by a type and parameters, with scores that need no label.
export type { Clustering } from "./models/cluster/contract.js";
export { internalScores } from "./models/cluster/internalScores.js";
export { cutTree } from "./models/cluster/linkage.js";
export { pointsOf } from "./models/cluster/points.js";
export { stability } from "./models/cluster/stability.js";
export { wardLinkage } from "./models/cluster/ward.js";
export type { Clustered, ClusterLab } from "./notebook/clusters.js";
export {
  budgetFigure,
  budgetTable,
  internalAgainstTruth,
  metricsFigure,
  pairedTable,
} from "./notebook/compare.js";
export { type DanfoFrame, fromDanfo, toDanfo } from "./notebook/danfo.js";
export {
  countTable,
  domainsTable,
  ingestTable,
  leaksTable,
  metricsTable,
  missingTable,
  splitTable,
  thresholdTable,
  valuesBy,
} from "./notebook/explore.js";
export {
  coverageFigure,
  familyRecall,
  learningCurves,
  prCurves,
  rocCurves,
  valuesFigure,
} from "./notebook/figures.js";
// Results of the graph, and how to show them.
export { type Lab, openLab } from "./notebook/lab.js";
export { mapFigure, type PlaneMap, pcaMap, umapMap } from "./notebook/maps.js";
export { type ProgressBar, progress, progressBar } from "./notebook/progress.js";
export { type ShowOptions, show } from "./notebook/show.js";
export type { Shown } from "./notebook/tables.js";
export {
  familiesOverTime,
  type HostFacts,
  hostFacts,
  hostFigure,
  hostTable,
  shortcutFigure,
  targetTable,
} from "./notebook/traffic.js";
export type { Trial } from "./notebook/trial.js";
export type { Params } from "./pipeline/params.js";
export { auditFilesTable, auditShortcutTable } from "./report/auditBlocks.js";
export { columnTree, flowTree, scoresByClusters } from "./report/clusterFigures.js";
export { comparisonTable, familyTable } from "./report/comparison.js";
export { crossMatrixFigure, fewShotFigure } from "./report/crossFigures.js";
export { reliabilityFigure, thresholdFigure } from "./report/decisionFigures.js";
export { confusionFigure, scoreFigure } from "./report/evalFigures.js";
export { flowFigure } from "./report/explainedFlow.js";
// Figures.
export { beeswarmFigure, waterfallFigure } from "./report/explainFigures.js";
export { familyHeat } from "./report/familyHeat.js";
export type { Figure } from "./report/figure.js";
export {
  barFigure,
  distributionFigure,
  histogramFigure,
  lineFigure,
  scatterFigure,
  topCounts,
} from "./report/plainFigures.js";
// Tables that answer a question.
export type { FoldedResult, ReportInput, Result } from "./report/results.js";
export { scoreGroups } from "./report/scores.js";
export { clusterAgreementTable, clusterScoreTable } from "./report/sectionClusters.js";
export { apartTable, movedTable } from "./report/sectionCross.js";
export { trainingFigure } from "./report/sectionTraining.js";
export type { ReportTable } from "./report/table.js";
export type { SplitFacts } from "./split/report.js";
export { type ArqueroTable, fromArquero, toArquero } from "./table/arquero.js";
export { type ArrowTable, fromArrow, toArrow } from "./table/arrow.js";
export { parquetInfo, readParquet, readParquetBatches, writeParquet } from "./table/parquet.js";
// Columns of typed arrays, Parquet, SQL-free.
export { type Column, Table } from "./table/table.js";
export { fromRows } from "./table/values.js";
