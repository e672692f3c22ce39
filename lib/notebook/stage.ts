import type { Stage } from "../pipeline/stage.js";
import { executeNotebook } from "./execute.js";

/**
 * Run one numbered notebook. Reads notebooks/<key>.ipynb and whatever its cells read; writes the executed copy,
 * reports/notebooks/<key>.ipynb, the same as a page, <key>.html, and the figures that its cells save, reports/notebooks/figures/<key>/. The copy of a
 * failed run goes to runs/notebooks/ instead.
 */
export const notebook: Stage = {
  name: "notebook",
  async run(_params, io) {
    const figures = `reports/notebooks/figures/${io.key}`;
    for (const name of io.list(figures)) io.remove(`${figures}/${name}`);
    await executeNotebook(io.path(`notebooks/${io.key}.ipynb`), {
      out: io.path(`reports/notebooks/${io.key}.ipynb`),
      failed: io.path(`runs/notebooks/${io.key}.ipynb`),
      page: "folded",
      timeoutMs: 600_000,
      log: (line) => io.log(line),
    });
  },
};
