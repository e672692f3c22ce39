import { type FittedView, windowedView } from "../features/view.js";
import { definitionOf, type ModelParams } from "./registry.js";

/** The view of windows, where the entry has them. */
export function ofWindows({ window, type }: ModelParams, view: FittedView): FittedView {
  if (window === undefined) return view;
  return windowedView(view, window, definitionOf(type).sequence ? "missing" : undefined);
}
