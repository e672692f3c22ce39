import { expect, it } from "vitest";
import { utcText } from "#lib/base/utc.js";

it("shows times in UTC, to the second", () => {
  expect([0, 1499432390999999, -1, 1e20].map(utcText)).toEqual([
    "1970-01-01 00:00:00",
    "2017-07-07 12:59:50",
    "1969-12-31 23:59:59",
    "100000000000000000000",
  ]);
});
