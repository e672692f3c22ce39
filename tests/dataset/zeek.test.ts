import { describe, expect, it } from "vitest";
import { zeek } from "#lib/dataset/zeek.js";

describe("zeek.meaning", () => {
  it.each([
    ["Benign\t", { kind: "benign", original: "Benign" }],
    // A benign flow whose detail mentions malware stays benign.
    ["Benign\tMalware-Update-Server", { kind: "benign", original: "Benign/Malware-Update-Server" }],
    [
      "Malicious\tDoS-SYNFlood",
      { kind: "attack", original: "Malicious/DoS-SYNFlood", label: "DoS-SYNFlood", family: "DoS-SYNFlood" },
    ],
    ["Malicious\t", { kind: "attack", original: "Malicious", label: "malicious", family: "malicious" }],
    ["malicious\tC&C", { kind: "attack", original: "malicious/C&C", label: "C&C", family: "C&C" }],
    [
      "From_malicious-Neris\t",
      {
        kind: "attack",
        original: "From_malicious-Neris",
        label: "From_malicious-Neris",
        family: "From_malicious-Neris",
      },
    ],
    ["From_benign-To_DNS\t", { kind: "benign", original: "From_benign-To_DNS" }],
    ["Background\t", { kind: "background", original: "Background" }],
    ["Unknown\t", { kind: "unknown", original: "Unknown" }],
    ["Suspicious\t", { kind: "unknown", original: "Suspicious" }],
    ["\tDoS", { kind: "empty", original: null }],
  ])("%j", (pair, meaning) => {
    expect(zeek.meaning(pair)).toEqual(meaning);
  });
});

describe("zeek.partOf", () => {
  it("leaves out a log whose labelled copy stands beside it", () => {
    expect(zeek.partOf?.("x/conn.log.gz", ["x/conn.log.gz", "x/labeled-conn.log.gz"])).toBe(
      "x/labeled-conn.log.gz",
    );
    expect(zeek.partOf?.("conn.log", ["conn.log", "conn.log.labeled"])).toBe("conn.log.labeled");
    expect(
      zeek.partOf?.("x/labeled-conn.log.gz", ["x/conn.log.gz", "x/labeled-conn.log.gz"]),
    ).toBeUndefined();
    expect(zeek.partOf?.("y/conn.log", ["x/conn.log.labeled", "y/conn.log"])).toBeUndefined();
  });
});
