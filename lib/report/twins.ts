import { canonicalJson } from "../base/json.js";
import { type ReportInput, type Result, splitsInOrder } from "./results.js";

/** Two models on one split whose settings differ in one key. */
export interface Twins {
  readonly split: string;
  readonly first: Result;
  /** The one that `isSecond` names. */
  readonly second: Result;
}

/** Models of `run` that differ in nothing but `key` of their settings, the headline split first. */
export function twinsOf(
  { settings, results }: ReportInput,
  key: "context" | "profile",
  isSecond: (settings: ReportInput["settings"]["models"][string]) => boolean,
): Twins[] {
  const alike = (name: string): string => canonicalJson({ ...settings.models[name], [key]: null });
  const isOther = (name: string): boolean => isSecond(settings.models[name]);
  return splitsInOrder(settings).flatMap((split) => {
    const ofSplit = results.filter((result) => result.split === split);
    return ofSplit
      .filter(({ model }) => !isOther(model))
      .flatMap((first) =>
        ofSplit
          .filter(({ model }) => isOther(model) && alike(model) === alike(first.model))
          .map((second) => ({ split, first, second })),
      );
  });
}
