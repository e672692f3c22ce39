import { describe, expect, it } from "vitest";
import { inNetwork, parseAddress, parseNetwork } from "#lib/flow/address.js";

const within = (address: string, network: string): boolean => {
  const [parsed, net] = [parseAddress(address), parseNetwork(network)];
  if (parsed === undefined || net === undefined) throw new Error(`${address} in ${network}`);
  return inNetwork(parsed, net);
};

describe("parseAddress", () => {
  it("reads IPv4 and every way to write IPv6", () => {
    expect(parseAddress("10.0.255.1")).toEqual(Uint8Array.of(10, 0, 255, 1));
    expect(parseAddress("fe80::1%eth0")).toEqual(parseAddress("FE80:0:0:0:0:0:0:1"));
    expect([...(parseAddress("::ffff:1.2.3.4") ?? [])].slice(10)).toEqual([255, 255, 1, 2, 3, 4]);
    expect([...(parseAddress("2001:db8::") ?? [])].slice(0, 5)).toEqual([0x20, 0x01, 0x0d, 0xb8, 0]);
  });
  it.each(["", "10.0.0", "10.0.0.256", "fe80:::1", "host", "10.0.0.1/8"])("refuses %j", (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });
});

describe("inNetwork", () => {
  it.each([
    ["10.1.2.3", "10.0.0.0/8", true],
    ["11.1.2.3", "10.0.0.0/8", false],
    ["192.168.15.255", "192.168.0.0/20", true],
    ["192.168.16.0", "192.168.0.0/20", false],
    ["1.2.3.4", "0.0.0.0/0", true],
    ["1.2.3.4", "1.2.3.4", true],
    ["1.2.3.4", "1.2.3.5/31", true],
    ["2603:1061:6:1::2", "2603:1061:6::/48", true],
    ["2603:1061:7::", "2603:1061:6::/48", false],
    ["2603:10ff::", "2603:1000::/25", false],
    ["2603:107f::", "2603:1000::/25", true],
    ["::1", "0.0.0.0/0", false],
    ["::ffff:10.0.0.1", "10.0.0.0/8", false],
  ])("%s in %s: %j", (address, network, expected) => {
    expect(within(address, network)).toBe(expected);
  });
  it("has no network of more bits than an address", () => {
    expect([parseNetwork("10.0.0.0/33"), parseNetwork("::/129"), parseNetwork("10.0.0.0/")]).toEqual(
      Array(3).fill(undefined),
    );
  });
});
