import { describe, expect, it } from "vitest";
import { cic2018Class, cic2018Classes, cicMeaning } from "#lib/dataset/cic/labels.js";

/** Family of each label that the publishers' lists have. */
const published = {
  "CIC-IDS-2017": {
    BENIGN: "benign",
    Bot: "botnet",
    DDoS: "ddos",
    "DoS GoldenEye": "dos",
    "DoS Hulk": "dos",
    "DoS Slowhttptest": "dos",
    "DoS slowloris": "dos",
    "FTP-Patator": "brute-force",
    Heartbleed: "heartbleed",
    Infiltration: "infiltration",
    PortScan: "port-scan",
    "SSH-Patator": "brute-force",
    "Web Attack - Brute Force": "web-attack",
    "Web Attack - XSS": "web-attack",
    "Web Attack - Sql Injection": "web-attack",
  },
  "CSE-CIC-IDS2018": {
    Benign: "benign",
    Bot: "botnet",
    "Brute Force -Web": "web-attack",
    "Brute Force -XSS": "web-attack",
    "DoS attacks-GoldenEye": "dos",
    "DoS attacks-Hulk": "dos",
    "DoS attacks-SlowHTTPTest": "dos",
    "DoS attacks-Slowloris": "dos",
    "DDOS attack-HOIC": "ddos",
    "DDOS attack-LOIC-UDP": "ddos",
    "DDoS attacks-LOIC-HTTP": "ddos",
    "FTP-BruteForce": "brute-force",
    Infilteration: "infiltration",
    "SQL Injection": "web-attack",
    "SSH-Bruteforce": "brute-force",
  },
  "corrected 2017": {
    BENIGN: "benign",
    Botnet: "botnet",
    DDoS: "ddos",
    "DoS GoldenEye": "dos",
    "DoS Hulk": "dos",
    "DoS Slowhttptest": "dos",
    "DoS Slowloris": "dos",
    "FTP-Patator": "brute-force",
    Heartbleed: "heartbleed",
    Infiltration: "infiltration",
    "Infiltration - Portscan": "infiltration",
    Portscan: "port-scan",
    "SSH-Patator": "brute-force",
    "Web Attack - Brute Force": "web-attack",
    "Web Attack - XSS": "web-attack",
    "Web Attack - SQL Injection": "web-attack",
  },
} as const;

describe("labels of the CIC", () => {
  it.each(Object.entries(published))("%s: every one has a family", (_, families) => {
    for (const [label, family] of Object.entries(families)) {
      expect(cicMeaning(label)).toEqual(
        family === "benign"
          ? { kind: "benign", original: label }
          : { kind: "attack", original: label, label, family },
      );
    }
  });

  it("reads the dash of a web attack in every encoding that copies have", () => {
    for (const dash of ["\u2013", "\u0096", "\ufffd", "â€“", "ï¿½", "-"]) {
      const original = `Web Attack ${dash} XSS`;
      const label = "Web Attack - XSS";
      expect(cicMeaning(original)).toEqual({ kind: "attack", original, label, family: "web-attack" });
    }
  });

  it("knows attempts of every attack, and of nothing else", () => {
    const attacks = Object.values(published).flatMap((families) => Object.keys(families));
    for (const attack of attacks.filter((name) => name.toLowerCase() !== "benign")) {
      const label = `${attack} - Attempted`;
      expect(cicMeaning(label)).toEqual({ kind: "attempted", original: label, label });
    }
    expect(cicMeaning("Something - Attempted").kind).toBe("unknown");
    expect(cicMeaning("BENIGN - Attempted").kind).toBe("unknown");
  });

  it("is never silently benign", () => {
    for (const label of ["NeedManualLabel", "No Label", "Label", "benign?", "0", "Normal"])
      expect(cicMeaning(label)).toEqual({ kind: "unknown", original: label });
    expect(cicMeaning(" ")).toEqual({ kind: "empty", original: null });
  });
});

describe("classes of CSE-CIC-IDS2018", () => {
  it("have the ids of ml-ids", () => {
    expect(Object.fromEntries(cic2018Classes.map((name, id) => [name, id]))).toEqual({
      Benign: 0,
      Bot: 1,
      "Brute Force -Web": 2,
      "Brute Force -XSS": 3,
      "DoS attacks-GoldenEye": 4,
      "DoS attacks-Hulk": 5,
      "DoS attacks-SlowHTTPTest": 6,
      "DoS attacks-Slowloris": 7,
      "DDOS attack-HOIC": 8,
      "DDOS attack-LOIC-UDP": 9,
      "DDoS attacks-LOIC-HTTP": 10,
      "FTP-BruteForce": 11,
      Infilteration: 12,
      "SQL Injection": 13,
      "SSH-Bruteforce": 14,
      "DDOS LOIT": 15,
      Heartbleed: 16,
      PortScan: 17,
    });
  });

  it("take in every attack of 2017, of 2018 and of the corrected edition, and keep families together", () => {
    for (const families of Object.values(published)) {
      for (const [label, family] of Object.entries(families)) {
        const name = cic2018Class(label);
        expect([label, cic2018Classes.includes(name ?? "")]).toEqual([label, true]);
        const meaning = cicMeaning(name ?? "");
        expect([label, meaning.kind === "attack" ? meaning.family : meaning.kind]).toEqual([label, family]);
      }
    }
    expect(cic2018Class("DoS Hulk")).toBe("DoS attacks-Hulk");
    expect(cic2018Class("Web Attack – Sql Injection")).toBe("SQL Injection");
    expect(cic2018Class("DDoS")).toBe("DDOS LOIT");
    expect(cic2018Class("WebAttack")).toBeUndefined();
  });
});
