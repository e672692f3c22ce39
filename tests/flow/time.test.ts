import { describe, expect, it } from "vitest";
import { dateOf, parseTimeUs } from "#lib/flow/time.js";

describe("parseTimeUs", () => {
  it("reads decimal seconds exactly, without floating-point seconds", () => {
    expect(parseTimeUs("1795169155.564624")).toBe(1795169155564624);
    expect(parseTimeUs("1664462456.76809")).toBe(1664462456768090);
    expect(parseTimeUs("4102444799.999999")).toBe(4102444799999999);
    expect(parseTimeUs("13.184015")).toBe(13184015);
    expect(parseTimeUs("7")).toBe(7000000);
    expect(parseTimeUs("-0.5")).toBe(-500000);
  });
  it("cuts nanoseconds", () => {
    expect(parseTimeUs("1.123456789")).toBe(1123456);
  });
  it("reads ISO 8601 in any zone", () => {
    expect(parseTimeUs("2022-09-29T14:40:56.755299Z")).toBe(1664462456755299);
    expect(parseTimeUs("2022-09-29T16:40:56.755299+02:00")).toBe(1664462456755299);
    expect(parseTimeUs("2022-09-29T14:40:56")).toBe(1664462456000000);
  });
  it("says when a text is not a time", () => {
    for (const text of ["", "-", "abc", "1.2.3", "0x10", "NaN", "99999999999999"])
      expect(parseTimeUs(text)).toBeUndefined();
  });
});

describe("dateOf", () => {
  it("is the date in UTC", () => {
    const days = {
      0: "1970-01-01",
      951782400: "2000-02-29",
      1421971199: "2015-01-22",
      4107542400: "2100-03-01",
    };
    for (const [seconds, date] of Object.entries(days)) expect(dateOf(Number(seconds) * 1e6)).toBe(date);
    expect(dateOf(-1)).toBe("1969-12-31");
  });
});
