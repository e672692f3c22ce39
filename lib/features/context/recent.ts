import type { ContextFlows } from "./flows.js";
import { outcome } from "./flows.js";
import { KeyTable, roomFor } from "./keyTable.js";

/** Kinds of keys that flows are counted by: hosts and ports, and pairs of what a flow has. */
const kinds = [
  "orig",
  "resp",
  "port",
  "hosts",
  "origPort",
  "respPort",
  "tuple",
  "origService",
  "respService",
  "respSource",
] as const;
type Kind = (typeof kinds)[number];
/** Kinds of which more is kept than the number of flows. */
const wide: readonly Kind[] = ["orig", "resp", "port"];
/** What is kept of a wide key: flows, unanswered, rejected, bytes, distinct hosts, distinct ports. */
const WIDTH = 6;
const [FLOWS, UNANSWERED, REJECTED, BYTES, HOSTS, PORTS] = [0, 1, 2, 3, 4, 5];
/** What the ring holds of a flow beside its slots: end, outcome, bytes. */
const FACTS = 3;

/** A window over the flows before the present one: the last `flows`, or those that ended in the last `us` microseconds. */
export type Window = { readonly flows: number } | { readonly us: number };

/** Aggregates of one wide key in one window. */
export interface Totals {
  readonly flows: number;
  readonly unanswered: number;
  readonly rejected: number;
  readonly bytes: number;
  /** Distinct counterparts: responders of an originator, originators of a responder, responders of a port. */
  readonly hosts: number;
  /** Distinct ports of the responding side (none counted for a port). */
  readonly ports: number;
}

/** What a window holds of a flow's keys, before the flow itself enters it. */
export interface WindowView {
  readonly orig: Totals;
  readonly resp: Totals;
  readonly port: Totals;
  /** Flows of both hosts; of originator and port; of responder and port; of all three. */
  readonly hosts: number;
  readonly origPort: number;
  readonly respPort: number;
  readonly tuple: number;
  /** Flows of originator and application protocol, of responder and application protocol. */
  readonly origService: number;
  readonly respService: number;
  /** Flows to the responder from the same port of whichever originator. */
  readonly respSource: number;
}
type Writable<T> = {
  -readonly [K in keyof T]: T[K] extends Totals ? { -readonly [F in keyof Totals]: number } : T[K];
};

/**
 * The recent past of one source: a ring of flows in the order of their ends, windows that reach back over it, and
 * counts by key for each window, which a flow enters once and leaves once. Constant time a flow and window on average;
 * memory by the flows of the longest window.
 */
export class Recent {
  readonly views: readonly WindowView[];
  private readonly tables = kinds.map(() => new KeyTable());
  /** Flows of the ring that hold the key of a slot, by kind. */
  private readonly holders = kinds.map(() => new Int32Array(0));
  /** By kind: values of slot s in window w from (s × windows + w) × width on. */
  private readonly counts = kinds.map(() => new Float64Array(0));
  /** Ring: flow number f lies at f modulo the capacity. */
  private slots = new Int32Array(kinds.length * 64);
  private facts = new Float64Array(FACTS * 64);
  private capacity = 64;
  /** Number of the oldest flow in the ring, of the oldest in each window, and of the next one. */
  private oldest = 0;
  private readonly begin: number[];
  private next = 0;
  /** Slots of the present flow, by kind. */
  private readonly present = new Int32Array(kinds.length);

  constructor(private readonly windows: readonly Window[]) {
    const totals = (): Totals => ({ flows: 0, unanswered: 0, rejected: 0, bytes: 0, hosts: 0, ports: 0 });
    const none = {
      hosts: 0,
      origPort: 0,
      respPort: 0,
      tuple: 0,
      origService: 0,
      respService: 0,
      respSource: 0,
    };
    this.views = windows.map(() => ({ orig: totals(), resp: totals(), port: totals(), ...none }));
    this.begin = windows.map(() => 0);
  }

  /** Keys in use, of all kinds. */
  get size(): number {
    return this.tables.reduce((sum, table) => sum + table.size, 0);
  }

  /** Let go of what has left the windows, show in `views` what they hold for the flow, then let it in. */
  push(flows: ContextFlows, row: number): void {
    const end = flows.endUs[row];
    for (let w = 0; w < this.windows.length; w++) this.advance(w, end);
    this.drop();
    this.find(flows, row);
    for (let w = 0; w < this.windows.length; w++) this.show(w);
    this.append(end, flows.outcome[row], flows.bytes[row]);
  }

  private advance(w: number, end: number): void {
    const window = this.windows[w];
    if ("flows" in window) {
      while (this.next - this.begin[w] > window.flows) this.count(w, this.begin[w]++, -1);
    } else {
      const from = end - window.us;
      while (this.begin[w] < this.next && this.facts[FACTS * (this.begin[w] & (this.capacity - 1))] < from)
        this.count(w, this.begin[w]++, -1);
    }
  }

  /** Give up the keys of flows that no window holds. */
  private drop(): void {
    let first = this.next;
    for (const begin of this.begin) if (begin < first) first = begin;
    for (; this.oldest < first; this.oldest++) {
      const at = kinds.length * (this.oldest & (this.capacity - 1));
      for (let kind = 0; kind < kinds.length; kind++) {
        const slot = this.slots[at + kind];
        if (--this.holders[kind][slot] === 0) this.tables[kind].release(slot);
      }
    }
  }

  /** The slots of a flow's keys. */
  private find(flows: ContextFlows, row: number): void {
    const orig = flows.orig[row];
    const resp = flows.resp[row];
    const port = flows.port[row];
    const service = flows.service[row];
    this.hold(0, orig, 0, 0);
    this.hold(1, resp, 0, 0);
    this.hold(2, port, 0, 0);
    this.hold(3, orig, resp, 0);
    this.hold(4, orig, port, 0);
    this.hold(5, resp, port, 0);
    this.hold(6, orig, resp, port);
    this.hold(7, orig, service, 0);
    this.hold(8, resp, service, 0);
    this.hold(9, resp, flows.origPort[row], 0);
  }

  private hold(kind: number, a: number, b: number, c: number): void {
    const slot = this.tables[kind].slot(a, b, c);
    if (slot >= this.holders[kind].length) {
      const { capacity } = this.tables[kind];
      const width = kind < wide.length ? WIDTH : 1;
      this.holders[kind] = roomFor(this.holders[kind], capacity);
      this.counts[kind] = roomFor(this.counts[kind], capacity * this.windows.length * width);
    }
    this.holders[kind][slot]++;
    this.present[kind] = slot;
  }

  private show(w: number): void {
    const view = this.views[w] as Writable<WindowView>;
    const { length } = this.windows;
    for (let kind = 0; kind < wide.length; kind++) {
      const totals = kind === 0 ? view.orig : kind === 1 ? view.resp : view.port;
      const counts = this.counts[kind];
      const at = WIDTH * (this.present[kind] * length + w);
      totals.flows = counts[at + FLOWS];
      totals.unanswered = counts[at + UNANSWERED];
      totals.rejected = counts[at + REJECTED];
      totals.bytes = counts[at + BYTES];
      totals.hosts = counts[at + HOSTS];
      totals.ports = counts[at + PORTS];
    }
    view.hosts = this.counts[3][this.present[3] * length + w];
    view.origPort = this.counts[4][this.present[4] * length + w];
    view.respPort = this.counts[5][this.present[5] * length + w];
    view.tuple = this.counts[6][this.present[6] * length + w];
    view.origService = this.counts[7][this.present[7] * length + w];
    view.respService = this.counts[8][this.present[8] * length + w];
    view.respSource = this.counts[9][this.present[9] * length + w];
  }

  private append(end: number, result: number, bytes: number): void {
    if (this.next - this.oldest === this.capacity) this.grow();
    const flow = this.next++;
    const at = flow & (this.capacity - 1);
    this.slots.set(this.present, kinds.length * at);
    this.facts[FACTS * at] = end;
    this.facts[FACTS * at + 1] = result;
    this.facts[FACTS * at + 2] = bytes;
    for (let w = 0; w < this.windows.length; w++) this.count(w, flow, 1);
  }

  /** A flow enters (sign 1) or leaves (-1) a window. */
  private count(w: number, flow: number, sign: 1 | -1): void {
    const ring = flow & (this.capacity - 1);
    const first = kinds.length * ring;
    const result = this.facts[FACTS * ring + 1];
    const bytes = this.facts[FACTS * ring + 2];
    const { length } = this.windows;
    for (let kind = 0; kind < wide.length; kind++) {
      const counts = this.counts[kind];
      const at = WIDTH * (this.slots[first + kind] * length + w);
      counts[at + FLOWS] += sign;
      if (result === outcome.unanswered) counts[at + UNANSWERED] += sign;
      else if (result === outcome.rejected) counts[at + REJECTED] += sign;
      counts[at + BYTES] += sign * bytes;
    }
    const orig = this.counts[0];
    const resp = this.counts[1];
    const port = this.counts[2];
    const origAt = WIDTH * (this.slots[first] * length + w);
    const respAt = WIDTH * (this.slots[first + 1] * length + w);
    const portAt = WIDTH * (this.slots[first + 2] * length + w);
    for (let kind = wide.length; kind < kinds.length; kind++) {
      const counts = this.counts[kind];
      const at = this.slots[first + kind] * length + w;
      counts[at] += sign;
      // The first of a pair in the window makes a distinct counterpart, the last one takes it away.
      if (counts[at] !== (sign === 1 ? 1 : 0)) continue;
      if (kind === 3) {
        orig[origAt + HOSTS] += sign;
        resp[respAt + HOSTS] += sign;
      } else if (kind === 4) orig[origAt + PORTS] += sign;
      else if (kind === 5) {
        resp[respAt + PORTS] += sign;
        port[portAt + HOSTS] += sign;
      }
    }
  }

  private grow(): void {
    const slots = new Int32Array(2 * this.slots.length);
    const facts = new Float64Array(2 * this.facts.length);
    for (let flow = this.oldest; flow < this.next; flow++) {
      const from = flow & (this.capacity - 1);
      const to = flow & (2 * this.capacity - 1);
      slots.set(this.slots.subarray(kinds.length * from, kinds.length * (from + 1)), kinds.length * to);
      facts.set(this.facts.subarray(FACTS * from, FACTS * (from + 1)), FACTS * to);
    }
    this.slots = slots;
    this.facts = facts;
    this.capacity *= 2;
  }
}
