import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomic } from "../base/files.js";
import { compareText, parseJson } from "../base/json.js";
import type { Figure } from "../report/figure.js";

/** What a saved figure is drawn from: enough to draw it again for a page of another width. */
export type SavedFigure = Pick<Figure, "title" | "alt" | "chart">;

/** Write a figure as <path>.svg and, for `nidslab figures`, as <path>.json. Numbers that are none become null there. */
export function saveFigure(path: string, svg: string, { title, alt, chart }: Figure): void {
  const plain = (_: string, value: unknown): unknown =>
    ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value;
  writeFileAtomic(`${path}.svg`, svg);
  writeFileAtomic(`${path}.json`, `${JSON.stringify({ title, alt, chart }, plain)}\n`);
}

/**
 * The figures that the graph's notebooks have saved, as `<notebook>/<name>`.
 * @param root the project's folder
 * @param notebooks run.notebooks of params.yaml; one that has not run has none
 * @throws FormatError for a file that is no JSON
 */
export function savedFigures(
  root: string,
  notebooks: readonly string[],
): { readonly name: string; readonly figure: SavedFigure }[] {
  return notebooks.flatMap((notebook) => {
    const folder = join("reports", "notebooks", "figures", notebook);
    const files = existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : [];
    return files
      .filter((file) => file.endsWith(".json"))
      .sort(compareText)
      .map((file) => {
        const path = join(folder, file);
        const hint = `Run nidslab repro notebook@${notebook}.`;
        const figure = parseJson<SavedFigure>(readFileSync(join(root, path), "utf8"), path, hint);
        return { name: `${notebook}/${file.replace(/\.json$/, "")}`, figure };
      });
  });
}
