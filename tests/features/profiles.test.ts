import { describe, expect, it } from "vitest";
import type { Dialect } from "#lib/dataset/dialect.js";
import { dialects } from "#lib/dataset/registry.js";
import { buildFeatures } from "#lib/features/build.js";
import { contextParams } from "#lib/features/context/params.js";
import { derivedGroups } from "#lib/features/derived.js";
import { columnsOf } from "#lib/features/schema.js";
import type { Field } from "#lib/flow/fields.js";
import { type Column, float64, int64, Table, text } from "#lib/table/table.js";

const ports = ["orig_port", "resp_port"];

/** What only the profile oracle sees, by dialect. A column that joins them is a decision: write it here, too. */
const oracleOnly: Readonly<Record<string, readonly string[]>> = {
  zeek: [...ports, "local_orig", "local_resp"],
  "nsl-kdd": [],
  kdd99: [],
  "unsw-nb15": [...ports, "sttl", "dttl", "ct_state_ttl"],
  "nf-uq": [...ports, "min_ttl", "max_ttl"],
  argus: [...ports, "sttl", "dttl"],
  "ton-iot-telemetry": [],
  slips: ports,
  "cic-ids-2017": ports,
  "cic-ids-2017-flows": ports,
  "cic-ids-2017-corrected": ports,
  "cse-cic-ids2018": ports,
  "cse-cic-ids2018-corrected": ports,
  cicflowmeter: ports,
  "cicflowmeter-python": ports,
};

/** Words in the name of what neither profile may see. */
const forbidden =
  /(^|_)(label|labels|attack|attacks|family|class|campaign|difficulty|attempted|id|uid|addr|address|host|hostname|mac|date|timestamp|ts|epoch|start_us|end_us|site|day|part|fold|source|dataset)(_|$)/;

/** Counts and flags whose names hold such a word: a number of logins to a host is neither address nor time. */
const counts = new Set([
  ...["su_attempted", "is_host_login", "is_guest_login", "count", "srv_count", "srv_diff_host_rate"],
  ...Array.from(["count", "srv_count", "same_srv_rate", "diff_srv_rate"], (name) => `dst_host_${name}`),
  ...Array.from(["same_src_port_rate", "serror_rate", "rerror_rate"], (name) => `dst_host_${name}`),
  ...["dst_host_srv_diff_host_rate", "dst_host_srv_serror_rate", "dst_host_srv_rerror_rate"],
]);

const value = ({ kind, whole }: Field): Column => {
  if (kind === "number") return whole ? int64([1]) : float64([1]);
  return kind === "time" ? int64([1]) : text(["a"]);
};

/** One row with every column that a dialect fills, and all that flows.parquet says of a row beside them. */
function fullRow({ columns }: Dialect): Table {
  const own = ["dataset", "source", "label", "family", "label_original", "site", "day", "host", "campaign"];
  return Table.of(
    new Map<string, Column>([
      ["row_id", int64([0])],
      ...own.map((name): [string, Column] => [name, text(["a"])]),
      ["is_attack", int64([1])],
      ...columns.map((field): [string, Column] => [field.name, value(field)]),
    ]),
  );
}

describe("profiles", () => {
  it("are listed for every dialect", () => {
    expect(Object.keys(oracleOnly).sort()).toEqual(dialects.map(({ name }) => name).sort());
  });

  it.each(dialects.map((dialect) => [dialect.name, dialect] as const))(
    "%s: oracle adds what the list says, and never labels, ids, addresses or times",
    (name, dialect) => {
      const flows = fullRow(dialect);
      const { schema } = buildFeatures(flows, {
        derived: derivedGroups,
        context: contextParams.parse({ flows: 10, seconds: [5], groups: ["responder", "arrivals"] }),
      });
      const [realistic, oracle] = (["realistic", "oracle"] as const).map((profile) =>
        columnsOf(schema, profile).map((column) => column.name),
      );
      expect(oracle.filter((column) => !realistic.includes(column))).toEqual(oracleOnly[name]);
      expect(realistic.every((column) => oracle.includes(column))).toBe(true);
      const fields = new Map(dialect.columns.map((field) => [field.name, field]));
      for (const column of oracle) {
        const field = fields.get(column);
        expect([column, field?.use ?? "derived"]).not.toEqual([column, "never"]);
        expect([column, field?.kind ?? "number"]).not.toEqual([column, "time"]);
        if (field !== undefined && !counts.has(column)) expect(column).not.toMatch(forbidden);
      }
    },
  );
});
