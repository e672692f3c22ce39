import type { CalibrationInfo } from "./calibrationInfo.js";
import type { ModelInfo } from "./savedModel.js";
import type { SearchInfo } from "./searchInfo.js";
import type { SelectionInfo } from "./selectionInfo.js";

/** model.json of a k-fold split: no model of its own, but the names of those of the folds. */
export interface FoldedModelInfo
  extends Pick<
    ModelInfo,
    | "type"
    | "kind"
    | "split"
    | "name"
    | "params"
    | "view"
    | "profile"
    | "window"
    | "positive"
    | "schema_hash"
    | "decision"
    | "seed"
    | "versions"
    | "licence"
    | "source"
    | "limits"
  > {
  readonly data: { readonly dataset: string; readonly flows_sha256: string };
  readonly folds: readonly FoldModel[];
}

/** One fold's model, in a folder of its own beside model.json. */
export interface FoldModel {
  readonly fold: number;
  /** `fold-1`: a folder with model.onnx and model.json. */
  readonly folder: string;
  readonly threshold: number;
  readonly calibration: CalibrationInfo;
  readonly onnx_sha256: string;
  readonly onnx_bytes: number;
  readonly operations?: number;
  readonly train: number;
  readonly validation: number;
  /** What the fold's own search chose and its selection kept; more in its folder. */
  readonly search?: Pick<SearchInfo, "chosen" | "metric" | "mean" | "sd">;
  readonly selection?: Pick<SelectionInfo, "kept" | "stability">;
}

/** Whether what stands in a model.json is that of a k-fold split. */
export function isFolded(info: object): info is FoldedModelInfo {
  return Array.isArray((info as Partial<FoldedModelInfo>).folds);
}

/** The folder of a fold's model, within that of the model. */
export function foldFolder(fold: number): string {
  return `fold-${fold}`;
}
