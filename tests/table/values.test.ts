import { expect, it } from "vitest";
import { fromArquero, toArquero } from "#lib/table/arquero.js";
import { fromArrow, toArrow } from "#lib/table/arrow.js";
import { float64, int64, Table, text } from "#lib/table/table.js";
import { fromRows } from "#lib/table/values.js";

const table = Table.of({
  bytes: int64([10, Number.NaN, 30]),
  duration: float64([0.5, Number.NaN, 2.25]),
  service: text(["dns", null, "http"]),
});

it.each([
  ["rows", () => Promise.resolve(fromRows(table.objects()))],
  ["arquero", async () => fromArquero(await toArquero(table))],
  ["Arrow", async () => fromArrow(await toArrow(table))],
])("a table goes to %s and comes back", async (_, there) => {
  const back = await there();
  expect(back.names).toEqual(table.names);
  expect(back.objects()).toEqual(table.objects());
  expect(back.column("bytes")).toMatchObject({ type: "int64" });
  expect(back.column("duration")).toMatchObject({ type: "float64" });
});

it("keeps an arquero table's filter and order", async () => {
  const some = (await toArquero(table)).orderby((d: { bytes: number }) => -d.bytes).slice(0, 2);
  expect(fromArquero(some).objects()).toHaveLength(2);
});

it("takes rows of different keys; booleans and objects become text, dates microseconds", () => {
  const rows = [
    { ok: true, at: new Date(2) },
    { more: { a: 1 }, big: 2n ** 60n },
  ];
  expect(fromRows(rows).objects()).toEqual([
    { ok: "true", at: 2000, more: null, big: null },
    { ok: null, at: null, more: '{"a":1}', big: 2 ** 60 },
  ]);
});

it("refuses what is no row, and bytes that are not Arrow's", async () => {
  expect(() => fromRows([{ a: 1 }, [2]])).toThrow("row 2 is no object");
  await expect(fromArrow(Uint8Array.of(1, 2, 3))).rejects.toThrow("fromArrow: an Arrow table, or the bytes");
});
