import { expect, it } from "vitest";
import { readRecords } from "#lib/flow/jsonRecords.js";

it.each([
  ['{"a":1}', [{ a: 1 }], 0],
  ['{"a":1}{"a":2}', [{ a: 1 }, { a: 2 }], 0],
  ['{"a":1} {"b":"}{\\"{"} {"c":{"a":3}}', [{ a: 1 }, { b: '}{"{' }, { c: { a: 3 } }], 0],
  ['{"a":1}{"b":', [{ a: 1 }], 1],
  ['{"a":"x{"a":"y"}', [{ a: "y" }], 1],
  ['{"a":1,"b{"a":2,"b', [], 2],
])("reads the whole objects of %s", (line, objects, torn) => {
  const read = readRecords(line);
  expect(read?.records.map(({ object }) => object)).toEqual(objects);
  expect(read?.torn).toBe(torn);
});

it.each(['{"a":1,"b":{"c":2}', "text", "[1]", "12", ""])("finds no record in %s", (line) => {
  expect(readRecords(line)).toBeUndefined();
});
