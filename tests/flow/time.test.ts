import { describe, expect, it } from "vitest";
import { dayText, parseTimeUs } from "#lib/flow/time.js";

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

describe("dayText", () => {
  it("is the date of a day since 1970", () => {
    const days = { 0: "1970-01-01", 11016: "2000-02-29", 16457: "2015-01-22", 47541: "2100-03-01" };
    for (const [day, date] of Object.entries(days)) expect(dayText(Number(day))).toBe(date);
    expect(dayText(-1)).toBe("1969-12-31");
  });
});
