import { describe, expect, it } from "vitest";
import { sequential } from "#lib/report/chart.js";
import { beeswarmFigure, shadesOf, waterfallFigure } from "#lib/report/explainFigures.js";
import { distributionFigure } from "#lib/report/plainFigures.js";
import { renderSvg } from "#lib/report/svg.js";
import { signedSteps } from "#lib/report/waterfall.js";

const textsOf = (svg: string): string[] =>
  [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1]);

describe("beeswarmFigure", () => {
  const figure = beeswarmFigure(
    [
      { name: "bytes", contributions: [-1, 0.5, 0.5], values: [10, 20, 30] },
      { name: "service", contributions: [0, 0, 0.25], values: [Number.NaN, Number.NaN, 1] },
    ],
    "Log odds",
  );

  it("draws every point once, hollow where the column has no number, and names every column", async () => {
    const svg = await renderSvg(figure.vegaLite);
    expect(svg.match(/<path [^>]*fill="rgb/g)).toHaveLength(4);
    expect(svg.match(/<path [^>]*stroke="#8c959f"[^>]*stroke-width="0.7"/g)).toHaveLength(2);
    expect(textsOf(svg)).toEqual(expect.arrayContaining(["bytes", "service", "low", "high", "Log odds"]));
    expect(await renderSvg(figure.vegaLite)).toBe(svg);
  });

  it("gives plotly the same points, with what a person reads when hovering", () => {
    const [bytes, service] = figure.plotly.data;
    expect(bytes).toMatchObject({
      x: [-1, 0.5, 0.5],
      text: ["10", "20", "30"],
      marker: { color: [0, 0.5, 1] },
    });
    expect(service).toMatchObject({
      marker: { color: [null, null, 0.5] },
      text: ["no number", "no number", "1"],
    });
    expect(figure.alt).toContain("bytes -1.000 to 0.500");
  });
});

describe("shadesOf", () => {
  it("goes from the 5% to the 95% of the values and is not moved by one outlier", () => {
    const values = [...Array.from({ length: 21 }, (_, i) => i), 1e9];
    const shades = shadesOf(values);
    expect([shades[0], shades[1], shades[20], shades[21]]).toEqual([0, 0, 1, 1]);
    expect(shades[11]).toBeCloseTo(10 / 19, 12);
  });

  it("puts equal values in the middle, and tells two values apart where one of them is rare", () => {
    expect([...shadesOf([4, 4, Number.NaN])]).toEqual([0.5, 0.5, Number.NaN]);
    expect([...shadesOf([...new Array<number>(50).fill(0), 1])].slice(49)).toEqual([0, 1]);
    expect([...shadesOf([])]).toEqual([]);
  });
});

describe("waterfallFigure", () => {
  const flow = {
    base: -2,
    steps: [
      { name: "a", value: 3 },
      { name: "b", value: -0.5 },
    ],
  };

  it("goes from the base to the sum, each step from the end of the last", () => {
    const { chart } = waterfallFigure(flow, "Log odds");
    if (chart.kind !== "waterfall") throw new Error("not a waterfall");
    const { rows, ends } = signedSteps(chart);
    expect(rows).toEqual([
      { name: "average flow", from: -2, to: -2, sign: "total", text: "= −2.000" },
      { name: "a", from: -2, to: 1, sign: "up", text: "+3.000" },
      { name: "b", from: 1, to: 0.5, sign: "down", text: "−0.500" },
      { name: "this flow", from: 0.5, to: 0.5, sign: "total", text: "= 0.500" },
    ]);
    expect(ends.map(({ x }) => x)).toEqual([-2, 1, 0.5]);
  });

  it("says every name and number in the picture and in its text", async () => {
    const figure = waterfallFigure(flow, "Log odds");
    const texts = textsOf(await renderSvg(figure.vegaLite));
    expect(texts).toEqual(
      expect.arrayContaining(["average flow", "a", "b", "this flow", "+3.000", "−0.500", "= 0.500"]),
    );
    expect(figure.alt).toContain("a +3.000, b -0.500");
  });
});

describe("boxes", () => {
  it("keep the order of the rows, also of one without values", async () => {
    const figure = distributionFigure(
      { first: [1, 2, 3], none: [], last: [0, 5] },
      { title: "t", x: { title: "x" } },
    );
    const texts = textsOf(await renderSvg(figure.vegaLite));
    expect(texts.filter((text) => ["first", "none", "last"].includes(text))).toEqual([
      "first",
      "none",
      "last",
    ]);
    expect(texts).toContain("n 0");
  });
  it("say under the mouse what a quantile is, on a log axis, too", () => {
    const figure = distributionFigure(
      { first: [10, 20, 30, 40, 50], none: [] },
      { title: "t", x: { title: "x", scale: "log", unit: 1 } },
    );
    const [box, ...points] = figure.plotly.data as readonly Record<string, unknown>[];
    expect(box.hoverinfo).toBe("skip");
    expect(points.map(({ hovertemplate, text, y }) => [hovertemplate, text, y])).toEqual([
      ["%{y}, 5%: %{text}<extra></extra>", ["10"], ["first"]],
      ["%{y}, 25%: %{text}<extra></extra>", ["20"], ["first"]],
      ["%{y}, median: %{text}<extra></extra>", ["30"], ["first"]],
      ["%{y}, 75%: %{text}<extra></extra>", ["40"], ["first"]],
      ["%{y}, 95%: %{text}<extra></extra>", ["50"], ["first"]],
    ]);
    expect(points[2].x).toEqual([Math.log1p(30)]);
  });
});

describe("the scale from low to high", () => {
  it("grows lighter with each step, so that grey keeps the order, and stays apart from white", () => {
    const lightness = sequential.map((color) => {
      const [r, g, b] = [1, 3, 5].map((at) => (Number.parseInt(color.slice(at, at + 2), 16) / 255) ** 2.2);
      return 116 * Math.cbrt(0.2126 * r + 0.7152 * g + 0.0722 * b) - 16;
    });
    for (let i = 1; i < lightness.length; i++) expect(lightness[i] - lightness[i - 1]).toBeGreaterThan(8);
    expect(lightness[lightness.length - 1]).toBeLessThan(85);
  });
});
