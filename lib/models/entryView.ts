import { type FittedView, windowedView } from "../features/view.js";
import { type ModelParams, readsSequences } from "./registry.js";

/** The view of windows, where the entry has them. */
export function ofWindows(entry: ModelParams, view: FittedView): FittedView {
  const { window } = entry;
  if (window === undefined) return view;
  return windowedView(view, window, readsSequences(entry) ? "missing" : undefined);
}
