import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import type { IngestCard } from "#lib/report/dataCard.js";
import { buildReport, type ReportFiles } from "#lib/report/report.js";
import type { ReportInput } from "#lib/report/results.js";
import { sampleInput } from "./sample.js";

let files: ReportFiles;
beforeAll(async () => {
  files = await buildReport(sampleInput());
});

const text = (name: string, from: ReportFiles = files): string => from.texts.get(name)!;
/** The page without plotly's code. */
const page = (from: ReportFiles = files): string =>
  text("report.html", from).replace(/<script>(?:(?!<\/script>)[\s\S])*<\/script>/g, "");

describe("report files", () => {
  it("are the ones that are promised", () => {
    expect([...files.texts.keys()].sort()).toEqual([
      "cards/boosting.md",
      "cards/isolation.md",
      "cards/logistic.md",
      "comparison.csv",
      "comparison.md",
      "comparison.tex",
      "figures/classes-site.svg",
      "figures/confusion-site-boosting.svg",
      "figures/cost-site.svg",
      "figures/families-site-boosting.svg",
      "figures/families-site.svg",
      "figures/paired-site-boosting.svg",
      "figures/pr-site.svg",
      "figures/roc-site.svg",
      "figures/scores-site-boosting.svg",
      "figures/threshold-site-boosting.svg",
      "report.html",
      "report.md",
    ]);
  });

  it("are the same bytes in another process, time zone and locale", () => {
    const script = `
      import { createHash } from "node:crypto";
      import { readFileSync } from "node:fs";
      const { buildReport } = await import("#lib/report/report.js");
      const { texts } = await buildReport(JSON.parse(readFileSync(0, "utf8")));
      console.log(createHash("sha256").update(JSON.stringify([...texts])).digest("hex"));`;
    const printed = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
      cwd: fileURLToPath(new URL("../..", import.meta.url)),
      env: { ...process.env, TZ: "Asia/Kolkata", LANG: "de_DE.UTF-8" },
      input: JSON.stringify(sampleInput()),
      encoding: "utf8",
    });
    expect(printed.trim()).toBe(
      createHash("sha256")
        .update(JSON.stringify([...files.texts]))
        .digest("hex"),
    );
  });

  it("hold no time of day and no absolute path", () => {
    for (const [name, content] of files.texts) {
      if (name === "report.html") continue;
      expect(content).not.toMatch(/\d\d:\d\d:\d\d|20\d\d-\d\d-\d\d|\/home\/|\/tmp\/|\/work\//);
    }
  });
});

describe("report.html", () => {
  it("loads nothing: no address in src, href, style or import, and a policy that forbids it", () => {
    expect(page()).not.toMatch(/\b(src|href|srcset|action|data)\s*=\s*["']?\s*(https?:)?\/\//i);
    expect(page()).not.toMatch(/@import|url\(\s*["']?(https?:)?\/\//i);
    expect(page()).toContain("Content-Security-Policy\" content=\"default-src 'none';");
  });

  it("has exactly one plotly and every script closed", () => {
    const html = text("report.html");
    expect(html.match(/plotly\.js \(cartesian - minified\)/g)).toHaveLength(1);
    expect(html.match(/<script\b/g)!.length).toBe(html.match(/<\/script>/g)!.length);
  });

  it("gives every figure a picture with a text for those who cannot see it", () => {
    const images = page().match(/<img [^>]*>/g)!;
    expect(images).toHaveLength([...files.texts.keys()].filter((name) => name.startsWith("figures/")).length);
    for (const image of images)
      expect(image).toMatch(/src="data:image\/svg\+xml;base64,[^"]+" alt="[^"]{40,}"/);
  });

  it("links its contents to sections that are there", () => {
    const targets = [...page().matchAll(/<a href="#([^"]+)"/g)].map((match) => match[1]);
    expect(targets.length).toBeGreaterThanOrEqual(11);
    for (const target of targets) expect(page()).toContain(`id="${target}"`);
  });

  it("shows texts of the data as texts", async () => {
    const evil = "</script><img src=x onerror=alert(1)>`|**";
    const input = sampleInput();
    const ingest: IngestCard = { ...input.ingest, datasets: [evil] };
    const hostile: ReportInput = {
      ...input,
      ingest,
      results: input.results.map((result) => ({
        ...result,
        details: {
          ...result.details,
          test: {
            ...result.details.test,
            families: result.details.test.families.map((f, i) => (i === 0 ? { ...f, family: evil } : f)),
            untested: [evil],
          },
        },
      })),
    };
    const built = await buildReport(hostile);
    expect(page(built)).not.toContain("<img src=x");
    expect(page(built)).toContain("&lt;/script&gt;&lt;img src=x");
    expect(text("report.html", built).match(/<script\b/g)!.length).toBe(
      text("report.html", built).match(/<\/script>/g)!.length,
    );
    expect(text("report.md", built)).not.toContain("<img src=x");
    expect(text("figures/families-site-boosting.svg", built)).not.toContain("<img");
  });
});

describe("report.md", () => {
  it("marks the champion, names the untested families and says why the random split flatters", () => {
    const md = text("report.md");
    expect(md).toContain("**boosting (champion)**");
    expect(md).toContain(
      "**Untested:** `BruteForce-FTP` and `LateralMovement` are in the training part and absent",
    );
    expect(md).toMatch(
      /On split `random`, where rows are drawn at random, `boosting` reaches a macro-F1 of 0\.\d{3}; on `site` it reaches 0\.\d{3}, \d+\.\d points lower\./,
    );
    expect(md).toContain("## What this does not show");
  });

  it("says that a random headline split is to be read with care", async () => {
    const input = sampleInput();
    const built = await buildReport({ ...input, settings: { ...input.settings, headline: "random" } });
    expect(text("report.md", built)).toContain("the headline split is a random one");
  });
});

describe("what only some datasets have", () => {
  const areas = { roc_auc: 0.9, average_precision: 0.5 };
  it("shows named subsets, and every class where there are more than two", async () => {
    const input = sampleInput();
    const built = await buildReport({
      ...input,
      results: input.results.map((result) => ({
        ...result,
        details: {
          ...result.details,
          test: {
            ...result.details.test,
            subsets: { "Test-21": { ...result.metrics.test, n: 11850, roc_auc: null } },
            reasons: { "per_class.u2r.precision": "no row was predicted as it" },
            per_class: [
              { class: "benign", n: 100, precision: 0.9, recall: 0.8, f1: 0.847, ...areas },
              { class: "dos", n: 40, precision: 0.7, recall: 0.6, f1: 0.646, ...areas },
              { class: "u2r", n: 2, precision: null, recall: 0, f1: 0, ...areas },
            ],
          },
        },
      })),
    });
    const md = text("report.md", built);
    expect(md).toMatch(/\| Test-21 \| boosting \| 11,850 \| 0\.790 \| .* \| – <sup>a<\/sup> \|/);
    expect(md).toContain(
      "| u2r | 2 | – <sup>a</sup> | 0.000 | 0.000 | 0.900 | 0.500 |\n\n<sup>a</sup> no row was predicted as it",
    );
    expect(text("report.md")).not.toContain("Subset");
  });
});

describe("comparison", () => {
  it("has the headline split first and gives a reason for every undefined value", () => {
    const rows = text("comparison.md").split("\n");
    expect(rows[2]).toMatch(/^\| site \| logistic \| realistic \| raw \| 0\.676 \| 0\.576 ± 0\.008 \|/);
    // The best, and nothing that differs from it.
    const marked = rows.filter((row) => row.includes("**0."));
    expect(marked.map((row) => row.split(" | ").slice(0, 2).join(" "))).toEqual([
      "| site **boosting (champion)**",
      "| random boosting",
    ]);
    const csv = text("comparison.csv").split("\n");
    expect(csv[0].split(",").slice(0, 11)).toEqual([
      "split",
      "model",
      "mode",
      "view",
      "type",
      "n",
      "threshold",
      "validation_average_precision",
      "accuracy",
      "accuracy_lo",
      "accuracy_hi",
    ]);
    expect(csv).toHaveLength(8);
    const best = csv.map((line) => line.split(",").at(-1));
    expect(best.slice(0, 3)).toEqual(["best", "", "accuracy macro_f1 roc_auc average_precision recall fpr"]);
  });

  it("has no matrix where each model was compared with the champion, and marks what is not worse than it", async () => {
    const input = sampleInput();
    const { site, random } = input.paired;
    const { test } = site.parts;
    const pairs = test.pairs
      .filter(({ a, b }) => [a, b].includes("boosting"))
      .map((pair) => ({ ...pair, a: "boosting", b: pair.a === "boosting" ? pair.b : pair.a }));
    const control = {
      model: "boosting",
      chosen: "highest average precision on the validation part of split site",
    };
    const parts = { validation: test, test: { ...test, pairs } };
    const { texts } = await buildReport({ ...input, paired: { site: { ...site, control, parts }, random } });
    const md = texts.get("report.md") as string;
    expect(md).toContain(
      "Here each model is compared with the champion, which no test row chose, on the same resamples",
    );
    expect(md).not.toContain("the model of the row minus that of the column");
    const csv = (texts.get("comparison.csv") as string).split("\n");
    // In the sample every other model is better by 0.1: better is not worse, but a higher FPR is.
    expect(csv.slice(1, 4).map((line) => line.split(",").at(-1))).toEqual([
      "accuracy macro_f1 roc_auc average_precision recall",
      "accuracy macro_f1 roc_auc average_precision recall fpr",
      "accuracy macro_f1 roc_auc average_precision recall",
    ]);
  });
});

describe("k-fold splits", () => {
  /** The sample with a k-fold split beside its two: 3 folds, one model. */
  function withFolds(): ReportInput {
    const input = sampleInput();
    const { metrics, details } = input.results[0];
    const spread = { mean: 0.8, std: 0.01, min: 0.79, max: 0.81, folds: 3 };
    const names = Object.keys(metrics.test).filter(
      (name) => typeof metrics.test[name as "recall"] === "number",
    );
    const rows = (test: number) => ({ train: 2 * test, validation: 0, test, unused: 0 });
    const fold = (n: number) => ({ fold: n, coverage: { benign: rows(10 + n), dos: rows(n) }, novel: [] });
    const recipe = { recipe: "kfold", folds: 3, kind: "stratified", validation: 0.2 } as const;
    return {
      ...input,
      settings: {
        ...input.settings,
        splits: { ...input.settings.splits, cv: recipe },
        run: { ...input.settings.run, splits: ["random", "site", "cv"] },
      },
      folded: [
        {
          split: "cv",
          model: "logistic",
          metrics: {
            cv: { ...metrics.test, spread: Object.fromEntries(names.map((name) => [name, spread])) as never },
          },
          details: {
            ...{ split: "cv", model: "logistic", type: "logistic", kind: "classifier", classes: [] },
            decision: { rule: "max-f1", threshold: null },
            bootstrap: details.bootstrap,
            cv: details.test,
            folds: [1, 2, 3].map((n) => ({ fold: n, metrics: metrics.test })),
            seeds: null,
          },
        },
      ],
      splits: {
        ...input.splits,
        cv: {
          ...input.splits.random,
          coverage: {
            benign: { train: 36, validation: 0, test: 0, unused: 0 },
            dos: { train: 6, validation: 0, test: 0, unused: 0 },
          },
          folds: [1, 2, 3].map(fold),
          short_families: [{ family: "dos" }],
        },
      },
    };
  }

  it("stand in a table of their own, and in no table or figure of test results", async () => {
    const folded = await buildReport(withFolds());
    const markdown = text("report.md", folded);
    expect(markdown).toContain("### Cross-validation");
    expect(markdown).toMatch(
      /\| cv \| logistic \| 3 \| 0\.\d{3} ± 0\.\d{3} \| 0\.800 ± 0\.010 \(0\.790 to 0\.810\) \|/,
    );
    expect(markdown.match(/\| cv \| /g)?.length).toBe(1);
    expect(markdown).toContain("Cross-validation with 3 folds, each family spread over all of them");
    expect(markdown).toContain("| dos | 1 | 2 | 3 | 6 |");
    expect(text("comparison.csv", folded)).toBe(text("comparison.csv"));
    expect(text("comparison.md", folded).startsWith(text("comparison.md"))).toBe(true);
    expect(text("comparison.tex", folded)).toContain("cross-validation");
    for (const name of files.texts.keys())
      if (name.startsWith("figures/")) expect(text(name, folded)).toBe(text(name));
  });
});
