import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { savedFigures } from "#lib/notebook/savedFigures.js";
import { show } from "#lib/notebook/show.js";
import { lineFigure } from "#lib/report/plainFigures.js";
import { paperSheets } from "#lib/report/sheets.js";
import { stillSvg } from "#lib/report/still.js";
import { temporaryFolder } from "../temporary.js";

const folder = temporaryFolder();
const place = join(folder.path, "reports", "notebooks", "figures", "02-split");

afterEach(() => {
  delete process.env.NIDSLAB_FIGURES;
});

it("a figure that a notebook saves can be drawn again for a paper, the same each time", async () => {
  process.env.NIDSLAB_FIGURES = place;
  const figure = lineFigure([{ name: "a", x: Float64Array.of(0, 1, 2), y: [0, Number.NaN, 1] }], {
    title: "A line",
    subtitle: "with a hole",
    alt: "A line.",
    x: { title: "x" },
    y: { title: "y" },
  });
  await show(figure, { save: "line" });
  const [{ name, figure: saved }] = savedFigures(folder.path, ["01-eda", "02-split"]);
  expect([name, saved.title, saved.alt]).toEqual(["02-split/line", "A line", "A line."]);
  expect(saved.chart).toMatchObject({ series: [{ x: [0, 1, 2], y: [0, null, 1] }] });
  expect(await stillSvg(saved.chart, paperSheets.single)).toBe(
    await stillSvg(figure.chart, paperSheets.single),
  );
  const bytes = readFileSync(join(place, "line.json"));
  await show(figure, { save: "line" });
  expect(readFileSync(join(place, "line.json")).equals(bytes)).toBe(true);
});

it("notebooks that are not in run have none, and a broken file is named with the command that makes it anew", () => {
  expect(savedFigures(folder.path, ["01-eda"])).toEqual([]);
  folder.write("reports/notebooks/figures/02-split/line.json", "{");
  expect(() => savedFigures(folder.path, ["02-split"])).toThrow(
    /^json: reports\/notebooks\/figures\/02-split\/line\.json is not valid JSON .* Run nidslab repro notebook@02-split\.$/,
  );
});
