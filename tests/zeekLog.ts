/** Conn logs written by hand, for tests. */
export const fields = [
  ...["ts", "uid", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "service", "duration"],
  ...["orig_bytes", "resp_bytes", "conn_state", "local_orig", "local_resp", "missed_bytes", "history"],
  ...["orig_pkts", "orig_ip_bytes", "resp_pkts", "resp_ip_bytes", "tunnel_parents"],
];

export const header = [
  "#separator \\x09",
  "#set_separator\t,",
  "#empty_field\t(empty)",
  "#unset_field\t-",
  "#path\tconn",
];

/** One row; `changes` replaces cells by Zeek's column names. */
export function row(changes: Record<string, string> = {}): string {
  const cells: Record<string, string> = {
    ts: "1600000000.000001",
    uid: "C1",
    "id.orig_h": "10.0.0.1",
    "id.orig_p": "1234",
    "id.resp_h": "10.0.0.2",
    "id.resp_p": "80",
    proto: "tcp",
    service: "http",
    duration: "0.5",
    orig_bytes: "100",
    resp_bytes: "300",
    conn_state: "SF",
    local_orig: "T",
    local_resp: "F",
    missed_bytes: "0",
    history: "ShADadFf",
    orig_pkts: "5",
    orig_ip_bytes: "300",
    resp_pkts: "4",
    resp_ip_bytes: "460",
    tunnel_parents: "-",
    ...changes,
  };
  return fields.map((field) => cells[field]).join("\t");
}

/** A whole labelled log from rows of [label, detail, changes]. */
export function labelledLog(rows: readonly (readonly [string, string, Record<string, string>?])[]): string {
  const lines = rows.map(([label, detail, changes]) => `${row(changes)}\t${label}\t${detail}`);
  return [
    ...header,
    `#fields\t${fields.join("\t")}\tlabel\tdetailed-label`,
    ...lines,
    "#close\tnow",
    "",
  ].join("\n");
}
