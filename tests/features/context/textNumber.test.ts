import { expect, it } from "vitest";
import { textNumber } from "#lib/features/context/textNumber.js";

it("is an IPv4 address's own number, and of any other text one that no address has", () => {
  expect(["0.0.0.0", "10.0.0.1", "255.255.255.255"].map(textNumber)).toEqual([0, 0x0a000001, 0xffffffff]);
  for (const other of [
    "",
    "tcp",
    "::1",
    "10.0.0.01",
    "10.0.0",
    "10.0.0.256",
    "10.0.0.1.",
    "10..0.1",
    "1.2.3.4.5",
  ]) {
    expect(textNumber(other), other).toBeGreaterThan(0xffffffff);
    expect(Number.isSafeInteger(textNumber(other))).toBe(true);
  }
});

it("tells 200,000 IPv6 addresses apart", () => {
  const numbers = new Set<number>();
  for (let i = 0; i < 200_000; i++)
    numbers.add(textNumber(`fe80::${(i >> 9).toString(16)}:${(i & 511).toString(16)}`));
  expect(numbers.size).toBe(200_000);
});
