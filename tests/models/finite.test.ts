import { expect, it } from "vitest";
import { allFinite } from "#lib/models/finite.js";

it.each([Float32Array, Float64Array])("tells a missing or infinite number among %o", (Numbers) => {
  const most = Numbers === Float32Array ? 3.4e38 : Number.MAX_VALUE;
  for (const length of [0, 1, 4, 7]) {
    const data = new Numbers(length + 1).fill(most).subarray(1);
    if (length > 1) data.set([-most, 1e-45]);
    expect(allFinite(data)).toBe(true);
    for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
      for (let at = 0; at < length; at++) expect(allFinite(data.with(at, odd))).toBe(false);
  }
});
