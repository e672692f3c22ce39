/**
 * What a column may be used for. `feature`: a sensor on the wire has it. `oracle`: only a lab has it, or it names what
 * runs at one site (profile oracle). `never`: it is a label, an identifier, an address or a time, or repeats one.
 */
export type Use = "feature" | "oracle" | "never";

/** One column of flows.parquet. */
export interface Field {
  readonly name: string;
  /** `text` is free text from which features may be derived, but which is none itself; `time` is integer microseconds. */
  readonly kind: "number" | "category" | "text" | "time";
  /** Unit of a number, null where it has none. */
  readonly unit: string | null;
  readonly meaning: string;
  readonly use: Use;
  /** Whole numbers only: stored as int64. */
  readonly whole?: true;
  /** Why it is not a plain feature. */
  readonly why?: string;
}

/** A column of the flow record, and what Zeek calls it and how it writes it. */
export interface FlowField extends Field {
  readonly zeek: string;
  readonly format: "time" | "interval" | "count" | "port" | "bool" | "string";
  /** A conn.log without it cannot be used. */
  readonly required?: true;
}

const address = "an address names a host of one site; a model that learns it knows nothing elsewhere";
const identifier = "an identifier";
const port = "ports name the services of one site and give scans and floods of a lab away";
const role = "which side is local is site knowledge (Site::local_nets), which a sensor elsewhere has not";

/**
 * The flow record: one two-way conversation. Payload bytes are `*_bytes`, IP bytes (headers included) `*_ip_bytes`.
 * Source: Zeek, base/protocols/conn/main.zeek (Conn::Info).
 */
export const flowFields: readonly FlowField[] = [
  {
    name: "start_us",
    zeek: "ts",
    format: "time",
    kind: "time",
    unit: "us",
    meaning: "time of the first packet, UTC",
    use: "never",
    why: "a time tells the campaign, not the behaviour",
    required: true,
  },
  {
    name: "uid",
    zeek: "uid",
    format: "string",
    kind: "text",
    unit: null,
    meaning: "Zeek's connection id",
    use: "never",
    why: identifier,
  },
  {
    name: "orig_addr",
    zeek: "id.orig_h",
    format: "string",
    kind: "text",
    unit: null,
    meaning: "address of the side that started",
    use: "never",
    why: address,
  },
  {
    name: "orig_port",
    zeek: "id.orig_p",
    format: "port",
    kind: "number",
    whole: true,
    unit: "port",
    meaning: "its port (ICMP: type)",
    use: "oracle",
    why: port,
  },
  {
    name: "resp_addr",
    zeek: "id.resp_h",
    format: "string",
    kind: "text",
    unit: null,
    meaning: "address of the side that answered",
    use: "never",
    why: address,
  },
  {
    name: "resp_port",
    zeek: "id.resp_p",
    format: "port",
    kind: "number",
    whole: true,
    unit: "port",
    meaning: "its port (ICMP: code)",
    use: "oracle",
    why: port,
  },
  {
    name: "proto",
    zeek: "proto",
    format: "string",
    kind: "category",
    unit: null,
    meaning: "transport protocol",
    use: "feature",
    required: true,
  },
  {
    name: "service",
    zeek: "service",
    format: "string",
    kind: "category",
    unit: null,
    meaning: "application protocol seen in the payload",
    use: "feature",
  },
  {
    name: "duration_s",
    zeek: "duration",
    format: "interval",
    kind: "number",
    unit: "s",
    meaning: "first to last packet",
    use: "feature",
    required: true,
  },
  {
    name: "orig_bytes",
    zeek: "orig_bytes",
    format: "count",
    kind: "number",
    whole: true,
    unit: "bytes",
    meaning: "payload bytes of the originator",
    use: "feature",
    required: true,
  },
  {
    name: "resp_bytes",
    zeek: "resp_bytes",
    format: "count",
    kind: "number",
    whole: true,
    unit: "bytes",
    meaning: "payload bytes of the responder",
    use: "feature",
    required: true,
  },
  {
    name: "conn_state",
    zeek: "conn_state",
    format: "string",
    kind: "category",
    unit: null,
    meaning: "how the connection went (S0, SF, REJ, …)",
    use: "feature",
    required: true,
  },
  {
    name: "local_orig",
    zeek: "local_orig",
    format: "bool",
    kind: "number",
    whole: true,
    unit: "flag",
    meaning: "originator is inside",
    use: "oracle",
    why: role,
  },
  {
    name: "local_resp",
    zeek: "local_resp",
    format: "bool",
    kind: "number",
    whole: true,
    unit: "flag",
    meaning: "responder is inside",
    use: "oracle",
    why: role,
  },
  {
    name: "missed_bytes",
    zeek: "missed_bytes",
    format: "count",
    kind: "number",
    whole: true,
    unit: "bytes",
    meaning: "payload bytes that the sensor lost",
    use: "feature",
  },
  {
    name: "history",
    zeek: "history",
    format: "string",
    kind: "text",
    unit: null,
    meaning: "letters of what happened, upper case by the originator",
    use: "feature",
  },
  {
    name: "orig_pkts",
    zeek: "orig_pkts",
    format: "count",
    kind: "number",
    whole: true,
    unit: "packets",
    meaning: "packets of the originator",
    use: "feature",
    required: true,
  },
  {
    name: "orig_ip_bytes",
    zeek: "orig_ip_bytes",
    format: "count",
    kind: "number",
    whole: true,
    unit: "bytes",
    meaning: "IP bytes of the originator",
    use: "feature",
  },
  {
    name: "resp_pkts",
    zeek: "resp_pkts",
    format: "count",
    kind: "number",
    whole: true,
    unit: "packets",
    meaning: "packets of the responder",
    use: "feature",
    required: true,
  },
  {
    name: "resp_ip_bytes",
    zeek: "resp_ip_bytes",
    format: "count",
    kind: "number",
    whole: true,
    unit: "bytes",
    meaning: "IP bytes of the responder",
    use: "feature",
  },
  {
    name: "tunnel_parents",
    zeek: "tunnel_parents",
    format: "string",
    kind: "text",
    unit: null,
    meaning: "ids of enclosing tunnels",
    use: "never",
    why: identifier,
  },
];

/** A field of the flow record, for dialects that fill it. @throws Error when there is none of that name (a fault of the caller) */
export function flowField(name: string): Field {
  const found = flowFields.find((field) => field.name === name);
  if (found === undefined) throw new Error(`flow record: no field "${name}"`);
  return found;
}
