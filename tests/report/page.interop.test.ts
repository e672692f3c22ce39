import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Block } from "#lib/report/document.js";
import { confusionFigure, familyRecallFigure, rocFigure } from "#lib/report/evalFigures.js";
import { beeswarmFigure, waterfallFigure } from "#lib/report/explainFigures.js";
import type { Figure } from "#lib/report/figure.js";
import { pageHtml } from "#lib/report/page.js";
import { barFigure, distributionFigure, scatterFigure } from "#lib/report/plainFigures.js";
import { buildReport } from "#lib/report/report.js";
import { renderSvg } from "#lib/report/svg.js";
import { temporaryFolder } from "../temporary.js";
import { sampleInput } from "./sample.js";

const browserPath = process.env.NIDSLAB_CHROMIUM ?? installed("chromium") ?? installed("google-chrome");

function installed(name: string): string | undefined {
  try {
    return execFileSync("/bin/sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim();
  } catch {
    return undefined;
  }
}

const figures: Readonly<Record<string, Figure>> = {
  lines: rocFigure([{ name: "a", fpr: [0, 1], tpr: [0, 1] }]),
  dots: familyRecallFigure([{ family: "scan", n: 4, detected: 3, point: 0.75, lo: 0.4, hi: 1, seen: true }]),
  bars: barFigure(["a", "b"], [1, 2], { title: "T", x: { title: "x" } }),
  heat: confusionFigure({
    classes: ["benign", "attack"],
    counts: [
      [9, 1],
      [2, 8],
    ],
  }),
  scatter: scatterFigure([{ name: "a", x: [1], y: [2] }], {
    title: "T",
    x: { title: "x" },
    y: { title: "y" },
  }),
  beeswarm: beeswarmFigure(
    [{ name: "bytes", contributions: [-1, 1, 1], values: [1, Number.NaN, 3] }],
    "Log odds",
  ),
  waterfall: waterfallFigure({ base: 0, steps: [{ name: "a", value: 1 }] }, "Log odds"),
  boxes: distributionFigure({ a: [1, 2, 3], b: [] }, { title: "T", x: { title: "x" } }),
};

describe.skipIf(browserPath === undefined)(
  "report.html in a browser (skipped: install chromium, or set NIDSLAB_CHROMIUM to a Chromium's executable)",
  () => {
    const folder = temporaryFolder();
    let browser: Browser;
    let report: string;

    beforeAll(async () => {
      browser = await chromium.launch({
        executablePath: browserPath,
        args: ["--no-sandbox", "--disable-gpu"],
      });
      report = write("report.html", (await buildReport(sampleInput())).texts.get("report.html")!);
    });
    afterAll(() => browser?.close());

    /** @returns the address of the page, a file's */
    function write(name: string, html: string): string {
      const path = `${folder.path}/${name}`;
      writeFileSync(path, html);
      return pathToFileURL(path).href;
    }

    /** Open a page and say what its console had to complain about, and what it wanted from elsewhere. */
    async function open(url: string, width = 1280): Promise<{ page: Page; complaints: string[] }> {
      const page = await browser.newPage({ viewport: { width, height: 900 } });
      const complaints: string[] = [];
      page.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) complaints.push(message.text());
      });
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("request", (request) => {
        if (!/^(file|data|blob):/.test(request.url())) complaints.push(`asked for ${request.url()}`);
      });
      await page.goto(url);
      return { page, complaints };
    }

    /** Names of the figures that are neither a plot of plotly nor a picture, after all came into the window. */
    async function notDrawn(page: Page): Promise<string[]> {
      for (const figure of await page.locator("figure").all()) {
        await figure.scrollIntoViewIfNeeded();
        await figure
          .locator(".main-svg")
          .first()
          .waitFor({ state: "attached", timeout: 15_000 })
          .catch(() => {});
      }
      return page.locator("figure").evaluateAll((all) =>
        all
          .filter((figure) => {
            const plot = figure.querySelector(".plot .main-svg");
            return plot === null || plot.getBoundingClientRect().width < 100;
          })
          .map(({ id }) => id),
      );
    }

    it("draws every figure from a file, asks for nothing and complains of nothing", async () => {
      const { page, complaints } = await open(report);
      expect(await page.locator("figure").count()).toBeGreaterThan(5);
      expect(await notDrawn(page)).toEqual([]);
      expect(complaints).toEqual([]);
      await page.close();
    });

    it("draws every kind of figure", async () => {
      const blocks = Object.entries(figures).map(
        ([name, figure]): Block => ({ kind: "figure", name, figure, caption: name }),
      );
      const svg = new Map<string, string>();
      for (const [name, figure] of Object.entries(figures)) svg.set(name, await renderSvg(figure.vegaLite));
      const { page, complaints } = await open(
        write("kinds.html", pageHtml({ title: "T", lead: "L", blocks, svg })),
      );
      expect(await notDrawn(page)).toEqual([]);
      expect(complaints).toEqual([]);
      await page.close();
    });

    it("shows the pictures where there are no scripts", async () => {
      const page = await browser.newPage({ javaScriptEnabled: false });
      await page.goto(report);
      const widths = await Promise.all(
        (await page.locator("figure img").all()).map((image) => image.boundingBox()),
      );
      expect(widths.every((box) => box !== null && box.width > 100)).toBe(true);
      await page.close();
    });

    it("sorts tables by mouse and keyboard, numbers as numbers, and back", async () => {
      const { page, complaints } = await open(report);
      const table = page.locator("#comparison .table table").first();
      const heading = table.getByRole("columnheader", { name: "ROC-AUC" });
      const titles = await table.locator("thead th").allTextContents();
      const column = (title: string) =>
        table.locator(`tbody td:nth-child(${titles.indexOf(title) + 1})`).allTextContents();
      const before = await column("ROC-AUC");
      const asNumbers = (texts: readonly string[]): number[] => texts.map((text) => Number.parseFloat(text));
      const rising = [...asNumbers(before)].sort((a, b) => a - b);
      expect(asNumbers(before)).not.toEqual(rising);
      await heading.getByRole("button").click();
      expect(await heading.getAttribute("aria-sort")).toBe("ascending");
      expect(asNumbers(await column("ROC-AUC"))).toEqual(rising);
      await page.keyboard.press("Enter");
      expect(await heading.getAttribute("aria-sort")).toBe("descending");
      expect(asNumbers(await column("ROC-AUC"))).toEqual([...rising].reverse());
      await page.keyboard.press("Space");
      expect(await heading.getAttribute("aria-sort")).toBe("none");
      expect(await column("ROC-AUC")).toEqual(before);
      await table.getByRole("columnheader", { name: "Model" }).getByRole("button").click();
      expect(await heading.getAttribute("aria-sort")).toBe("none");
      const names = (await column("Model")).map((name) => name.replace(" (champion)", ""));
      expect(names).toEqual([...names].sort());
      expect(complaints).toEqual([]);
      await page.close();
    });

    it("fits a phone: nothing is wider than 375 pixels, plots and open details included", async () => {
      const { page, complaints } = await open(report, 375);
      await page.locator("details").evaluateAll((all) => {
        for (const details of all) details.setAttribute("open", "");
      });
      expect(await notDrawn(page)).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(375);
      expect(complaints).toEqual([]);
      await page.close();
    });
  },
);
