import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { FamilyRecall } from "#lib/eval/result.js";
import { logTicks, look } from "#lib/report/chart.js";
import {
  classCountsFigure,
  confusionFigure,
  familyRecallFigure,
  prFigure,
  rocFigure,
} from "#lib/report/evalFigures.js";
import { familyHeat } from "#lib/report/familyHeat.js";
import {
  barFigure,
  distributionFigure,
  histogramFigure,
  scatterFigure,
  topCounts,
} from "#lib/report/plainFigures.js";
import { paperSheets } from "#lib/report/sheets.js";
import { stillSvg } from "#lib/report/still.js";
import { renderSvg } from "#lib/report/svg.js";

const names = [
  "BruteForce-FTP",
  "BruteForce-HTTP",
  "BruteForce-SSH",
  "C2-Beacon",
  "DNS-Tunnel",
  "DoS-HTTPFlood",
  "DoS-SYNFlood",
  "DoS-Slowloris",
  "Exfiltration",
  "LateralMovement",
  "PortScan",
  "SlowScan",
  "WebAttack",
  "A-very-long-name-of-a-family",
];
const families = names.map(
  (family, i): FamilyRecall => ({
    family,
    n: 100 + i,
    detected: 7 * i,
    point: (7 * i) / (100 + i),
    lo: Math.max(0, (7 * i) / (100 + i) - 0.1),
    hi: Math.min(1, (7 * i) / (100 + i) + 0.1),
    seen: i !== 4,
  }),
);

/** Texts of an SVG, in order. */
function textsOf(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1]);
}

describe("familyRecallFigure", () => {
  it("labels all of fourteen families, with counts, seen and new ones apart", async () => {
    const svg = await renderSvg(familyRecallFigure(families).vegaLite);
    const texts = textsOf(svg);
    // One column of a paper.
    expect(Number(/^<svg[^>]* width="(\d+)"/.exec(svg)?.[1])).toBeLessThan(420);
    for (const [i, name] of names.entries()) {
      expect(texts.filter((text) => text === name)).toHaveLength(1);
      expect(texts).toContain(`${7 * i} / ${100 + i}`);
    }
    expect(texts.indexOf("New: not in training")).toBeGreaterThan(-1);
    expect(texts.indexOf("DNS-Tunnel")).toBeGreaterThan(texts.indexOf("Seen in training"));
    expect(texts.filter((text) => text.includes("…"))).toEqual([]);
  });

  it("keeps the row of a family without a value and draws no mark for it", () => {
    const figure = familyRecallFigure([
      { ...families[0], point: null, lo: null, hi: null, n: 0, detected: 0 },
    ]);
    expect(figure.chart).toMatchObject({ rows: [{ name: "BruteForce-FTP" }], series: [{ values: [null] }] });
    expect(figure.alt).toContain("BruteForce-FTP (seen) undefined, 0 of 0");
  });

  it("sorts by recall inside each section, ties by name", () => {
    const three = [0.2, 0.9, 0.9].map((point, i) => ({ ...families[i], point, lo: point, hi: point }));
    expect(familyRecallFigure(three).chart).toMatchObject({
      rows: [{ name: "BruteForce-HTTP" }, { name: "BruteForce-SSH" }, { name: "BruteForce-FTP" }],
    });
  });
});

describe("familyHeat", () => {
  it("has a number in every cell of 17 models and 11 families in one column of a paper", async () => {
    const own = families.slice(0, 11).map((each, i) => ({ ...each, point: i === 0 ? 1 : each.point }));
    const results = Array.from(
      { length: 17 },
      (_, i) =>
        ({ split: "site", model: `transformer-oracle${i}`, details: { test: { families: own } } }) as never,
    );
    const svg = await stillSvg(familyHeat(results).chart, paperSheets.single);
    const numbers = textsOf(svg).filter((text) => /^(1\.0|\.\d\d)$/.test(text));
    expect(numbers).toHaveLength(17 * 11);
  });
});

describe("curves", () => {
  it("always show 0 to 1 on both axes", () => {
    const roc = rocFigure([{ name: "a", fpr: [0, 0.01, 1], tpr: [0, 0.9, 1], area: 0.9 }]);
    const pr = prFigure([{ name: "a", recall: [0, 0.9, 1], precision: [1, 0.99, 0.95], area: null }], {
      prevalence: 0.3,
    });
    for (const { chart } of [roc, pr])
      expect(chart).toMatchObject({ x: { domain: [0, 1] }, y: { domain: [0, 1] } });
    expect(roc.chart).toMatchObject({ series: [{ name: "a 0.900" }] });
    expect(pr.chart).toMatchObject({
      series: [{ name: "a –" }],
      references: [{ from: [0, 0.3], to: [1, 0.3] }],
    });
  });

  it("turn a precision-recall curve that begins at recall 1 around", () => {
    const { chart } = prFigure([{ name: "a", recall: [1, 0.5, 0], precision: [0.3, 0.8, 1] }]);
    expect(chart).toMatchObject({ series: [{ x: [0, 0.5, 1], y: [1, 0.8, 0.3] }] });
  });

  it("leave out points that no eye can tell apart and keep both ends", () => {
    const x = Array.from({ length: 100_001 }, (_, i) => i / 100_000);
    const { chart } = rocFigure([{ name: "a", fpr: x, tpr: x }]);
    if (chart.kind !== "lines") throw new Error("not a line chart");
    expect(chart.series[0].x.length).toBeLessThan(510);
    expect([chart.series[0].x[0], Array.from(chart.series[0].x).at(-1)]).toEqual([0, 1]);
  });

  it("differ in more than colour, also after the seventh", () => {
    const looks = Array.from({ length: 21 }, (_, i) => look(i));
    expect(new Set(looks.map(({ color, dash }) => `${color} ${dash.join(",")}`)).size).toBe(21);
    expect(new Set(looks.slice(0, 7).map(({ dash }) => dash.join(","))).size).toBe(7);
  });
});

describe("other figures", () => {
  it("shade a confusion matrix by row and survive an empty class", () => {
    const { chart } = confusionFigure({
      classes: ["benign", "attack"],
      counts: [
        [90, 10],
        [0, 0],
      ],
    });
    expect(chart).toMatchObject({
      shade: [
        [0.9, 0.1],
        [0, 0],
      ],
      text: [
        ["90 (90.0%)", "10 (10.0%)"],
        ["0 (0.0%)", "0 (0.0%)"],
      ],
    });
  });

  it("put benign first, then classes by size, and show a class that a part lacks at 0", () => {
    const { chart } = classCountsFigure({
      train: { dos: 5, benign: 3, scan: 9 },
      test: { benign: 1, dos: 2 },
    });
    expect(chart).toMatchObject({
      rows: [{ name: "benign" }, { name: "scan" }, { name: "dos" }],
      series: [
        { name: "train", values: [3, 9, 5] },
        { name: "test", values: [1, 0, 2] },
      ],
      x: { scale: "log", title: "Flows (log scale that begins at 0)" },
    });
  });

  it("bin every group by its own size, zeros and the largest value included, NaN left out", () => {
    const { chart } = histogramFigure(
      { a: [0, 0, 0, 99, Number.NaN], b: [99] },
      { title: "t", x: { title: "x", scale: "log" }, bins: 2 },
    );
    if (chart.kind !== "lines") throw new Error("not a line chart");
    expect(chart.series.map(({ y }) => Array.from(y))).toEqual([
      [0.75, 0.25, 0.25],
      [0, 1, 1],
    ]);
    expect(chart.series[0].x[1]).toBeCloseTo(9, 9);
  });

  it("take quantiles from the values themselves", () => {
    const { chart } = distributionFigure({ a: [3, 1, 2], none: [] }, { title: "t", x: { title: "x" } });
    expect(chart).toMatchObject({
      rows: [
        { name: "a", note: "n 3", quantiles: [1, 1, 2, 3, 3] },
        { name: "none", quantiles: null },
      ],
    });
  });

  it("name the largest counts, ties by name", () => {
    expect(topCounts({ http: 5, dns: 9, arp: 5, ssh: 1 }, 3)).toEqual({
      names: ["dns", "arp", "http"],
      values: [9, 5, 5],
    });
  });

  it("tick a log axis at 0 and at powers of ten", () => {
    expect(logTicks(12_000)).toEqual([0, 1, 10, 100, 1000, 10000]);
    expect(logTicks(40, 0.001)).toEqual([0, 0.001, 0.01, 0.1, 1, 10]);
  });
});

describe("renderSvg", () => {
  const bar = barFigure(
    ["a & b", "<c>"],
    { benign: [1, 20], attack: [300, 0] },
    { title: "T", x: { title: "Flows (log)", scale: "log" } },
  );

  it("gives the same bytes again, in this process and in another", async () => {
    const first = await renderSvg(bar.vegaLite);
    await renderSvg(
      scatterFigure([{ name: "s", x: [1, 2], y: [2, 1] }], {
        title: "S",
        x: { title: "x" },
        y: { title: "y" },
      }).vegaLite,
    );
    expect(await renderSvg(bar.vegaLite)).toBe(first);
    const script = `
      const { renderSvg } = await import("#lib/report/svg.js");
      process.stdout.write(await renderSvg(JSON.parse(process.env.SPEC)));`;
    const other = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
      cwd: fileURLToPath(new URL("../..", import.meta.url)),
      env: {
        ...process.env,
        SPEC: JSON.stringify(bar.vegaLite),
        TZ: "America/New_York",
        LC_ALL: "tr_TR.UTF-8",
      },
      encoding: "utf8",
    });
    expect(other).toBe(first);
  });

  it("names the font, escapes texts and has no number that changes between runs", async () => {
    const svg = await renderSvg(bar.vegaLite);
    expect(svg).toContain('font-family="DejaVu Sans, sans-serif"');
    expect(svg).toContain("a &amp; b");
    expect(svg).toContain("&lt;c&gt;");
    expect(svg).not.toContain("<c>");
  });
});
