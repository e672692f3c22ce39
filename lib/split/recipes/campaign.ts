import { DataError } from "../../base/errors.js";
import type { Divisible, Division } from "../division.js";
import { drawShare } from "../draw.js";
import { type Coded, codedColumn, codesOf } from "../groups.js";
import type { RecipeOf } from "../recipe.js";
import { counted, countWhere, groupRows, keep } from "../rows.js";
import { otherGroups, present } from "./group.js";
import { blocksOfTime } from "./time.js";

/**
 * Whole attack campaigns are in one part: named ones, or of every family that has two a share of its rows. A family with
 * one campaign stays in training (it is listed as untested). Attack rows without a campaign are unused.
 *
 * Benign rows have no campaign. They are divided in the proportion that the attack rows came to, as blocks of time (each
 * source is cut into ten stretches, which are drawn) or as groups of a column, such as host.
 */
export function byCampaign(input: Divisible, recipe: RecipeOf<"campaign">): Division {
  const { flows, rows } = input;
  const campaigns = codedColumn(flows, "campaign");
  const labels = codedColumn(flows, "label");
  const benign = labels.values.indexOf("benign");
  const attacks = keep(rows, (row) => labels.codes[row] !== benign && campaigns.codes[row] >= 0);
  const isTest = chosenCampaigns(input, campaigns, attacks, recipe);
  const inTest = new Uint8Array(flows.rows);
  for (const row of attacks) inTest[row] = isTest[campaigns.codes[row]];
  const tested = countWhere(attacks, (row) => inTest[row] === 1);
  const benignRows = keep(rows, (row) => labels.codes[row] === benign);
  const blocks = benignBlocks(input, recipe, benignRows);
  const share = tested / attacks.length;
  const { sizes } = groupRows(blocks.codes, benignRows, blocks.count);
  const codes = present(sizes);
  if (benignRows.length > 0 && codes.length < 2) {
    throw new DataError(
      `split: the benign rows fall into ${codes.length} group${codes.length === 1 ? "" : "s"} by ${recipe.benign ?? "time"}; two are needed. ` +
        "Choose another splits.*.benign in params.yaml: time, host, source.",
    );
  }
  const drawn = new Uint8Array(blocks.count);
  const wanted = Math.min(Math.max(share, 0.01), 0.99);
  if (codes.length > 0) {
    const sizesOf = codes.map((code) => sizes[code]);
    drawShare(sizesOf, wanted, input.rng.fork("benign")).forEach((taken, i) => {
      drawn[codes[i]] = taken;
    });
  }
  const unplaced = countWhere(benignRows, (row) => blocks.codes[row] < 0);
  const isUsed = (row: number): boolean =>
    labels.codes[row] === benign ? blocks.codes[row] >= 0 : campaigns.codes[row] >= 0;
  for (const row of benignRows) if (blocks.codes[row] >= 0) inTest[row] = drawn[blocks.codes[row]];
  const noCampaign = rows.length - benignRows.length - attacks.length;
  return {
    train: keep(rows, (row) => isUsed(row) && inTest[row] === 0),
    test: keep(rows, (row) => isUsed(row) && inTest[row] === 1),
    unused: {
      ...counted("attack_without_campaign", noCampaign),
      ...counted(
        recipe.benign === undefined || recipe.benign === "time" ? "no_time" : `no_${recipe.benign}`,
        unplaced,
      ),
    },
    notes: { test_campaigns: campaigns.values.filter((_, code) => isTest[code] === 1) },
  };
}

/** 1 for each campaign of the test part. */
function chosenCampaigns(
  { flows, rng }: Divisible,
  campaigns: Coded,
  attacks: Int32Array,
  { test }: RecipeOf<"campaign">,
): Uint8Array {
  const { sizes } = groupRows(campaigns.codes, attacks, campaigns.values.length);
  const chosen = new Uint8Array(campaigns.values.length);
  if (typeof test !== "number") {
    for (const code of codesOf(campaigns, test, "test (column campaign)", sizes)) chosen[code] = 1;
    return chosen;
  }
  const families = codedColumn(flows, "family");
  const familyOf = new Int32Array(campaigns.values.length).fill(-1);
  for (const row of attacks) {
    const code = campaigns.codes[row];
    if (familyOf[code] < 0) familyOf[code] = families.codes[row];
  }
  families.values.forEach((family, f) => {
    const members = present(sizes).filter((code) => familyOf[code] === f);
    if (members.length < 2) return;
    const sizesOf = members.map((code) => sizes[code]);
    drawShare(sizesOf, test, rng.fork(family)).forEach((taken, i) => {
      chosen[members[i]] = taken;
    });
  });
  if (!chosen.includes(1)) {
    throw new DataError(
      `split: no attack family has two campaigns (${present(sizes).length} in all), so none can be tested whole. ` +
        `Name campaigns under test in params.yaml. ${otherGroups(flows, "campaign")}`,
    );
  }
  return chosen;
}

function benignBlocks(
  { flows }: Divisible,
  { benign = "time" }: RecipeOf<"campaign">,
  rows: Int32Array,
): { readonly codes: Int32Array; readonly count: number } {
  if (benign === "time") return blocksOfTime(flows, rows);
  const { codes, values } = codedColumn(flows, benign);
  return { codes, count: values.length };
}
