import { describe, expect, it } from "vitest";
import { inAfternoon, parseTime, type TimeFormat } from "#lib/table/csv/times.js";

const read = (format: TimeFormat, text: string): number =>
  parseTime(format, Buffer.from(text), 0, Buffer.byteLength(text));
const at = (iso: string, us = 0): number => Date.parse(iso) * 1000 + us;

describe("parseTime", () => {
  it.each([
    ["2017-07-03 11:57:51.590705", at("2017-07-03T11:57:51Z", 590705)],
    ["2017/07/03T11:57:51", at("2017-07-03T11:57:51Z")],
    ["2017-07-03 11:57", at("2017-07-03T11:57:00Z")],
    ["2017-07-03 11:57:51.5907059", at("2017-07-03T11:57:51Z", 590705)],
    ["2017-07-03T11:57:51.5Z", at("2017-07-03T11:57:51Z", 500000)],
    ["2017-07-03T11:57:51+02:00", at("2017-07-03T09:57:51Z")],
    ["2017-07-03 11:57:51 -0330", at("2017-07-03T15:27:51Z")],
    ["1969-12-31 23:59:59.999999", -1],
    ["2016-02-29 00:00:00", at("2016-02-29T00:00:00Z")],
    ["2018.02.14 01:05:00 pm", at("2018-02-14T13:05:00Z")],
  ])("reads ISO 8601: %s", (text, us) => {
    expect(read("iso", text)).toBe(us);
  });

  it.each([
    ["14/02/2018 08:31:01", at("2018-02-14T08:31:01Z")],
    ["3/7/2017 8:55", at("2017-07-03T08:55:00Z")],
    ["05-07-2017 11:42:42 AM", at("2017-07-05T11:42:42Z")],
    ["5/7/2017 12:00:00 AM", at("2017-07-05T00:00:00Z")],
    ["5/7/2017 12:00:00 PM", at("2017-07-05T12:00:00Z")],
    ["5/7/2017 3:05 pm", at("2017-07-05T15:05:00Z")],
    ["05/07/2017 15:05:00.25", at("2017-07-05T15:05:00Z", 250000)],
    ["05.07.2017 3:05:00pM", at("2017-07-05T15:05:00Z")],
  ])("reads the day first: %s", (text, us) => {
    expect(read("dmy", text)).toBe(us);
  });

  it("reads the month first", () => {
    expect(read("mdy", "7/13/2017 8:55:10")).toBe(at("2017-07-13T08:55:10Z"));
  });

  it.each<[TimeFormat, string]>([
    ["date_ymd", "2017-07-05"],
    ["date_ymd", "2017/7/5"],
    ["date_dmy", "05.07.2017"],
    ["date_mdy", "7-5-2017"],
  ])("takes a day for its midnight: %s %s", (format, text) => {
    expect(read(format, text)).toBe(at("2017-07-05T00:00:00Z"));
  });

  it("takes hours 1 to 7 for the afternoon where the plan says so and the clock does not", () => {
    const hourOf = (format: TimeFormat, text: string): number =>
      (parseTime(format, Buffer.from(text), 0, text.length, true) - at("2017-07-05T00:00:00Z")) / 3600e6;
    expect(
      ["0:30", "1:00", "3:30", "7:59:30", "8:00", "12:00", "15:30"].map((text) =>
        hourOf("dmy", `5/7/2017 ${text}`),
      ),
    ).toEqual([...[0.5, 13, 15.5, 19 + 59.5 / 60, 8, 12, 15.5]]);
    expect(
      ["3:30:00 AM", "3:30:00 PM", "12:00:00 AM", "12:00:00 pm", "08:00 pm"].map((text) =>
        hourOf("dmy", `05/07/2017 ${text}`),
      ),
    ).toEqual([...[3.5, 15.5, 0, 12, 20]]);
    expect(["03:30:00", "03:30:00 am"].map((text) => hourOf("iso", `2017-07-05 ${text}`))).toEqual([
      15.5, 3.5,
    ]);
    expect(inAfternoon(at("2017-07-05T03:30:00Z"))).toBe(at("2017-07-05T15:30:00Z"));
    expect(inAfternoon(at("2017-07-05T08:30:00Z"))).toBe(at("2017-07-05T08:30:00Z"));
  });

  it("reads seconds, milliseconds, microseconds and nanoseconds exactly", () => {
    expect(read("epoch_s", "1526871972.123456")).toBe(1526871972123456);
    expect(read("epoch_s", "1526871972.1234569")).toBe(1526871972123456);
    expect(read("epoch_s", "1526871972")).toBe(1526871972000000);
    expect(read("epoch_s", "1.526871972e9")).toBe(1526871972000000);
    expect(read("epoch_s", "-1.5")).toBe(-1500000);
    expect(read("epoch_ms", "1424250008785.5")).toBe(1424250008785500);
    expect(read("epoch_us", "1424250008785123")).toBe(1424250008785123);
    expect(read("epoch_ns", "1424250008785123999")).toBe(1424250008785123);
    expect(read("epoch_ns", "1424250008785123999.5")).toBe(1424250008785123);
    expect(read("epoch_ns", "-1500")).toBe(-1);
    expect(read("epoch_ns", "12")).toBe(0);
    expect(read("epoch_ns", "1.424250008785e18")).toBe(1424250008785000);
  });

  it.each<[TimeFormat, string]>([
    ["iso", "2017-02-29 00:00:00"],
    ["iso", "2017-07-03"],
    ["iso", "2017-07/03 11:57:51"],
    ["iso", "2017-07-03 24:00:00"],
    ["iso", "2017-07-03 11:60:00"],
    ["iso", "2017-07-03 11:57:51 x"],
    ["iso", "17-07-03 11:57:51"],
    ["dmy", "13/13/2017 08:55"],
    ["dmy", "3/7/17 8:55"],
    ["dmy", "3/7/2017 13:55 PM"],
    ["dmy", "3/7/2017 0:55 AM"],
    ["mdy", "13/7/2017 8:55"],
    ["dmy", "3/7.2017 8:55"],
    ["dmy", "3/7/2017 8:55 XM"],
    ["dmy", "3/7/2017"],
    ["date_ymd", "2017-07-05 10:00"],
    ["date_dmy", "13.13.2017"],
    ["epoch_ns", ""],
    ["epoch_ns", "14242500087851x"],
    ["epoch_ns", "12345678901234567890123"],
    ["epoch_s", ""],
    ["epoch_s", "."],
    ["epoch_s", "1526871972.1x"],
    ["epoch_s", "12345678901234567"],
  ])("does not take for a time: %s %s", (format, text) => {
    expect(read(format, text)).toBeNaN();
  });
});
