import type { ContextFlows } from "./flows.js";
import { outcome } from "./flows.js";
import { high, KEY, KeyTable, low, roomFor } from "./keyTable.js";

/** Kinds of keys that flows may be counted by: hosts and ports, and pairs of what a flow has. */
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
export type Kind = (typeof kinds)[number];
/** Hosts and ports: of them more is kept than the number of flows. */
const WIDE = 3;
/** What is kept of a wide key in a window, beside the bytes: flows, unanswered, rejected, distinct hosts, distinct ports. */
const WIDTH = 5;
const [FLOWS, UNANSWERED, REJECTED, HOSTS, PORTS] = [0, 1, 2, 3, 4];
/** Words of a key: flows of the ring that have it, then the counts of each window. */
const [HOLDERS, COUNTS] = [KEY, KEY + 1];
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
  /** A table for each kind; those that nobody asked for stay empty. */
  private readonly tables: readonly KeyTable[];
  /** Bytes of each wide key, by window. */
  private readonly bytes = Array.from({ length: WIDE }, () => new Float64Array(0));
  /** The kinds that are counted, wide ones apart. */
  private readonly used: readonly number[];
  private readonly wide: readonly number[];
  private readonly narrow: readonly number[];
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

  /** @param counted what the views tell; the rest of them stays 0 (`tuple` needs `hosts`) */
  constructor(
    private readonly windows: readonly Window[],
    counted: readonly Kind[] = kinds,
  ) {
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
    this.tables = kinds.map((_, kind) => new KeyTable(1 + windows.length * (kind < WIDE ? WIDTH : 1)));
    this.used = [...kinds.keys()].filter((kind) => counted.includes(kinds[kind]));
    this.wide = this.used.filter((kind) => kind < WIDE);
    this.narrow = this.used.filter((kind) => kind >= WIDE);
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
      while (this.next - this.begin[w] > window.flows) this.count(this.begin[w]++, w, w + 1, -1);
    } else {
      const from = end - window.us;
      while (this.begin[w] < this.next && this.facts[FACTS * (this.begin[w] & (this.capacity - 1))] < from)
        this.count(this.begin[w]++, w, w + 1, -1);
    }
  }

  /** Give up the keys of flows that no window holds. */
  private drop(): void {
    let first = this.next;
    for (const begin of this.begin) if (begin < first) first = begin;
    for (; this.oldest < first; this.oldest++) {
      const at = kinds.length * (this.oldest & (this.capacity - 1));
      for (const kind of this.used) {
        const table = this.tables[kind];
        const slot = this.slots[at + kind];
        if (--table.words[table.stride * slot + HOLDERS] === 0) table.release(slot);
      }
    }
  }

  /** The slots of a flow's keys. */
  private find(flows: ContextFlows, row: number): void {
    const [orig, resp] = [flows.orig[row], flows.resp[row]];
    const [port, service] = [flows.port[row], flows.service[row]];
    for (const kind of this.used) {
      if (kind === 0) this.hold(kind, high(orig), low(orig), 0, 0);
      else if (kind === 1) this.hold(kind, high(resp), low(resp), 0, 0);
      else if (kind === 2) this.hold(kind, high(port), low(port), 0, 0);
      else if (kind === 3) this.hold(kind, high(orig), low(orig), high(resp), low(resp));
      else if (kind === 4) this.hold(kind, high(orig), low(orig), high(port), low(port));
      else if (kind === 5) this.hold(kind, high(resp), low(resp), high(port), low(port));
      else if (kind === 6) this.hold(kind, this.present[3], 0, high(port), low(port));
      else if (kind === 7) this.hold(kind, high(orig), low(orig), high(service), low(service));
      else if (kind === 8) this.hold(kind, high(resp), low(resp), high(service), low(service));
      else this.hold(kind, high(resp), low(resp), flows.origPort[row], 0);
    }
  }

  private hold(kind: number, a: number, b: number, c: number, d: number): void {
    const table = this.tables[kind];
    const slot = table.slot(a, b, c, d);
    if (kind < WIDE) this.bytes[kind] = roomFor(this.bytes[kind], table.capacity * this.windows.length);
    table.words[table.stride * slot + HOLDERS]++;
    this.present[kind] = slot;
  }

  private show(w: number): void {
    const view = this.views[w] as Writable<WindowView>;
    for (const kind of this.wide) {
      const totals = kind === 0 ? view.orig : kind === 1 ? view.resp : view.port;
      const { words, stride } = this.tables[kind];
      const slot = this.present[kind];
      const at = stride * slot + COUNTS + WIDTH * w;
      totals.flows = words[at + FLOWS];
      totals.unanswered = words[at + UNANSWERED];
      totals.rejected = words[at + REJECTED];
      totals.bytes = this.bytes[kind][slot * this.windows.length + w];
      totals.hosts = words[at + HOSTS];
      totals.ports = words[at + PORTS];
    }
    for (const kind of this.narrow) {
      const { words, stride } = this.tables[kind];
      const flows = words[stride * this.present[kind] + COUNTS + w];
      if (kind === 3) view.hosts = flows;
      else if (kind === 4) view.origPort = flows;
      else if (kind === 5) view.respPort = flows;
      else if (kind === 6) view.tuple = flows;
      else if (kind === 7) view.origService = flows;
      else if (kind === 8) view.respService = flows;
      else view.respSource = flows;
    }
  }

  private append(end: number, result: number, bytes: number): void {
    if (this.next - this.oldest === this.capacity) this.grow();
    const flow = this.next++;
    const at = flow & (this.capacity - 1);
    this.slots.set(this.present, kinds.length * at);
    this.facts[FACTS * at] = end;
    this.facts[FACTS * at + 1] = result;
    this.facts[FACTS * at + 2] = bytes;
    this.count(flow, 0, this.windows.length, 1);
  }

  /** A flow enters (sign 1) or leaves (-1) the windows from `w` to `end`. */
  private count(flow: number, w: number, end: number, sign: 1 | -1): void {
    const ring = flow & (this.capacity - 1);
    const first = kinds.length * ring;
    const result = this.facts[FACTS * ring + 1];
    const bytes = sign * this.facts[FACTS * ring + 2];
    for (const kind of this.wide) {
      const { words, stride } = this.tables[kind];
      const slot = this.slots[first + kind];
      const sums = this.bytes[kind];
      for (let i = w, at = stride * slot + COUNTS + WIDTH * w; i < end; i++, at += WIDTH) {
        words[at + FLOWS] += sign;
        if (result === outcome.unanswered) words[at + UNANSWERED] += sign;
        else if (result === outcome.rejected) words[at + REJECTED] += sign;
        sums[slot * this.windows.length + i] += bytes;
      }
    }
    // The first of a pair in the window makes a distinct counterpart, the last one takes it away.
    const turn = sign === 1 ? 1 : 0;
    for (const kind of this.narrow) {
      const { words, stride } = this.tables[kind];
      const at = stride * this.slots[first + kind] + COUNTS;
      for (let i = w; i < end; i++) {
        words[at + i] += sign;
        if (kind > 5 || words[at + i] !== turn) continue;
        if (kind === 3) {
          this.distinct(0, first, i, HOSTS, sign);
          this.distinct(1, first, i, HOSTS, sign);
        } else if (kind === 4) this.distinct(0, first, i, PORTS, sign);
        else {
          this.distinct(1, first, i, PORTS, sign);
          this.distinct(2, first, i, HOSTS, sign);
        }
      }
    }
  }

  /** One more or less of a flow's wide key; `first` is where its slots begin. */
  private distinct(kind: number, first: number, w: number, what: number, sign: 1 | -1): void {
    const { words, stride } = this.tables[kind];
    words[stride * this.slots[first + kind] + COUNTS + WIDTH * w + what] += sign;
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
