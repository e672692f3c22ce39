/** A TrueType font with few glyphs. */
export interface FontSubset {
  readonly bytes: Uint8Array;
  /** New number of each glyph that was asked for, by its old one. */
  readonly glyphs: ReadonlyMap<number, number>;
}

/**
 * The part of a TrueType font that draws the glyphs asked for, numbered anew from 1 in rising order of their old
 * numbers; 0 stays the glyph "missing". Glyphs that others are composed of come along. Tables that a PDF reader does
 * not need (names, characters, kerning) are left out. The same glyphs give the same bytes.
 * Source: OpenType 1.9, chapters glyf, loca, hmtx, head, hhea, maxp; ISO 32000-1, 9.9.
 */
export function subsetFont(font: Uint8Array, wanted: Iterable<number>): FontSubset {
  const view = new DataView(font.buffer, font.byteOffset, font.byteLength);
  const tables = tablesOf(view);
  // A copy: the slice of a Buffer would be the font itself.
  const slice = (tag: string): Uint8Array => {
    const table = tables.get(tag);
    return table === undefined
      ? new Uint8Array(0)
      : Uint8Array.from(font.subarray(table.offset, table.offset + table.length));
  };
  const outline = outlines(view, tables);
  const kept = withParts(outline, wanted);
  const glyphs = new Map(kept.map((glyph, i) => [glyph, i]));

  const pieces = kept.map((glyph) => renumbered(outline(glyph), glyphs));
  const loca = new DataView(new ArrayBuffer(4 * (kept.length + 1)));
  let at = 0;
  pieces.forEach((piece, i) => {
    at += piece.length;
    loca.setUint32(4 * (i + 1), at);
  });

  const hhea = slice("hhea");
  const longMetrics = dataView(hhea).getUint16(34);
  dataView(hhea).setUint16(34, kept.length);
  const hmtx = new DataView(new ArrayBuffer(4 * kept.length));
  const source = tables.get("hmtx")!.offset;
  kept.forEach((glyph, i) => {
    const bearing = glyph < longMetrics ? 4 * glyph + 2 : 4 * longMetrics + 2 * (glyph - longMetrics);
    hmtx.setUint16(4 * i, view.getUint16(source + 4 * Math.min(glyph, longMetrics - 1)));
    hmtx.setInt16(4 * i + 2, view.getInt16(source + bearing));
  });
  const maxp = slice("maxp");
  dataView(maxp).setUint16(4, kept.length);
  const head = slice("head");
  dataView(head).setUint32(8, 0);
  dataView(head).setInt16(50, 1);

  return {
    glyphs,
    bytes: assembled([
      ["cvt ", slice("cvt ")],
      ["fpgm", slice("fpgm")],
      ["glyf", joined(pieces)],
      ["head", head],
      ["hhea", hhea],
      ["hmtx", new Uint8Array(hmtx.buffer)],
      ["loca", new Uint8Array(loca.buffer)],
      ["maxp", maxp],
      ["prep", slice("prep")],
    ]),
  };
}

type Tables = ReadonlyMap<string, { readonly offset: number; readonly length: number }>;

const dataView = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function tablesOf(view: DataView): Tables {
  return new Map(
    Array.from({ length: view.getUint16(4) }, (_, i) => {
      const record = 12 + 16 * i;
      const tag = String.fromCharCode(...[0, 1, 2, 3].map((k) => view.getUint8(record + k)));
      return [tag, { offset: view.getUint32(record + 8), length: view.getUint32(record + 12) }];
    }),
  );
}

/** Bytes of a glyph's outline, by its number; empty for a blank. */
function outlines(view: DataView, tables: Tables): (glyph: number) => Uint8Array {
  const [glyf, loca] = [tables.get("glyf")!.offset, tables.get("loca")!.offset];
  const long = view.getInt16(tables.get("head")!.offset + 50) === 1;
  const begin = (glyph: number): number =>
    long ? view.getUint32(loca + 4 * glyph) : 2 * view.getUint16(loca + 2 * glyph);
  return (glyph) =>
    new Uint8Array(view.buffer, view.byteOffset + glyf + begin(glyph), begin(glyph + 1) - begin(glyph));
}

/** Places of the glyph numbers in the outline of a composed glyph. */
function partsOf(outline: Uint8Array): number[] {
  const view = dataView(outline);
  if (outline.length === 0 || view.getInt16(0) >= 0) return [];
  const places: number[] = [];
  let at = 10;
  for (;;) {
    const flags = view.getUint16(at);
    places.push(at + 2);
    // Arguments are words or bytes; a scale, two scales or a matrix may follow.
    at += 4 + (flags & 0x0001 ? 4 : 2) + (flags & 0x0008 ? 2 : flags & 0x0040 ? 4 : flags & 0x0080 ? 8 : 0);
    if ((flags & 0x0020) === 0) return places;
  }
}

/** The glyphs, those that they are composed of, and 0; sorted. */
function withParts(outline: (glyph: number) => Uint8Array, wanted: Iterable<number>): number[] {
  const all = new Set<number>();
  const waiting = [0, ...wanted];
  for (let glyph = waiting.pop(); glyph !== undefined; glyph = waiting.pop()) {
    if (all.has(glyph)) continue;
    all.add(glyph);
    const bytes = outline(glyph);
    waiting.push(...partsOf(bytes).map((at) => dataView(bytes).getUint16(at)));
  }
  return [...all].sort((a, b) => a - b);
}

/** An outline whose parts have their new numbers, padded to four bytes. */
function renumbered(outline: Uint8Array, glyphs: ReadonlyMap<number, number>): Uint8Array {
  const copy = new Uint8Array(Math.ceil(outline.length / 4) * 4);
  copy.set(outline);
  const view = dataView(copy);
  for (const at of partsOf(outline)) view.setUint16(at, glyphs.get(view.getUint16(at))!);
  return copy;
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** A font file of tables, whose tags are sorted, with the checksums that readers may look at. */
function assembled(tables: readonly (readonly [tag: string, bytes: Uint8Array])[]): Uint8Array {
  const head = new Uint8Array(12 + 16 * tables.length);
  const view = dataView(head);
  const power = 2 ** Math.floor(Math.log2(tables.length));
  view.setUint32(0, 0x00010000);
  view.setUint16(4, tables.length);
  view.setUint16(6, 16 * power);
  view.setUint16(8, Math.log2(power));
  view.setUint16(10, 16 * (tables.length - power));
  const pieces: Uint8Array[] = [];
  let at = head.length;
  let adjustment = 0;
  tables.forEach(([tag, bytes], i) => {
    const padded = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
    padded.set(bytes);
    const record = 12 + 16 * i;
    for (let k = 0; k < 4; k++) view.setUint8(record + k, tag.charCodeAt(k));
    view.setUint32(record + 4, checksum(padded));
    view.setUint32(record + 8, at);
    view.setUint32(record + 12, bytes.length);
    if (tag === "head") adjustment = at + 8;
    pieces.push(padded);
    at += padded.length;
  });
  const file = joined([head, ...pieces]);
  dataView(file).setUint32(adjustment, (0xb1b0afba - checksum(file)) >>> 0);
  return file;
}

/** Sum of the big-endian words. */
function checksum(bytes: Uint8Array): number {
  const view = dataView(bytes);
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 4) sum = (sum + view.getUint32(at)) >>> 0;
  return sum;
}
