import { describe, expect, it } from "vitest";
import type { CrossMatrix } from "#lib/explain/cross/result.js";
import type { LeaksResult } from "#lib/explain/leaks/result.js";
import { countTable, domainsTable, leaksTable } from "#lib/notebook/explore.js";
import { type ReportTable, tableText } from "#lib/report/table.js";
import { float64, Table, text } from "#lib/table/table.js";

const cells = (table: ReportTable): string[][] =>
  tableText(table).rows.map((row) => row.map((cell) => cell.text));

describe("tables of notebooks", () => {
  it("count rows by values, benign first, and name the class", () => {
    const flows = Table.of({
      service: text(["dns", "http", "http", null]),
      is_attack: float64([0, 1, 1, 0]),
    });
    const table = countTable(flows, "service", ["is_attack"]);
    expect(table.columns.map(({ title }) => title)).toEqual(["service", "attack", "benign", "all", "share"]);
    expect(cells(table)).toEqual([
      ["http", "2", "0", "2", "50.0%"],
      ["(missing)", "0", "1", "1", "25.0%"],
      ["dns", "0", "1", "1", "25.0%"],
    ]);
  });

  it("say of each leak test what it shows, with few digits", () => {
    const leaks = {
      model: "forest",
      split: "site",
      rows: 1500,
      of_rows: 3000,
      tests: [
        {
          title: "Random split",
          macro_f1: { point: 0.97431 },
          roc_auc: { point: null },
          verdict: "ok",
          shows: "It is higher.",
        },
      ],
    } as unknown as LeaksResult;
    expect(leaksTable(leaks).caption).toBe("Leak tests of forest on split site, 1,500 of 3,000 flows");
    expect(cells(leaksTable(leaks))).toEqual([["Random split", "0.974", "–", "ok", "It is higher."]]);
  });

  it("name the families that a domain cannot measure", () => {
    const domain = { domain: "a", rows: 2000, attacks: 688, train: 1118, test: 600 };
    const matrix = {
      by: ["site"],
      domains: [
        { ...domain, untested: [] },
        { ...domain, domain: "b", untested: ["DoS", "Scan"] },
      ],
    } as unknown as CrossMatrix;
    expect(domainsTable(matrix).caption).toBe("Domains by site");
    expect(cells(domainsTable(matrix))).toEqual([
      ["a", "2,000", "688", "1,118", "600", "none"],
      ["b", "2,000", "688", "1,118", "600", "DoS, Scan"],
    ]);
  });
});
