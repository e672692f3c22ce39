import type { LabelMeaning } from "../dialect.js";
import type { Families } from "../taxonomy.js";

/**
 * Families of attacks, and the names under which the releases of the CIC have them: CIC-IDS-2017, its copies with merged
 * classes, CSE-CIC-IDS2018, and the corrected editions of both. Compared as `labelKey` says. A scan by an infiltrated host
 * (`Infiltration - Portscan`) is infiltration here: the release of 2018 calls it so.
 */
export const cicFamilies: Families = {
  botnet: ["Bot", "Botnet", "Botnet Ares"],
  "brute-force": ["FTP-Patator", "SSH-Patator", "BruteForce", "FTP-BruteForce", "SSH-Bruteforce"],
  ddos: [
    ...["DDoS", "DDOS LOIT", "DDOS attack-HOIC", "DDOS attack-LOIC-UDP", "DDoS attacks-LOIC-HTTP"],
    ...["DDoS-HOIC", "DDoS-LOIC-HTTP", "DDoS-LOIC-UDP"],
  ],
  dos: [
    ...["DoS", "DoS GoldenEye", "DoS Hulk", "DoS Slowhttptest", "DoS slowloris"],
    ...["DoS attacks-GoldenEye", "DoS attacks-Hulk", "DoS attacks-SlowHTTPTest", "DoS attacks-Slowloris"],
  ],
  heartbleed: ["Heartbleed"],
  infiltration: [
    ...["Infiltration", "Infilteration", "Infiltration - Portscan", "Infiltration - NMAP Portscan"],
    ...["Infiltration - Dropbox Download", "Infiltration - Communication Victim Attacker"],
  ],
  "port-scan": ["PortScan"],
  "web-attack": [
    ...[
      "WebAttack",
      "Web Attack - Brute Force",
      "Web Attack - XSS",
      "Web Attack - Sql Injection",
      "Web Attack - SQL",
    ],
    ...["Brute Force -Web", "Brute Force -XSS", "SQL Injection"],
  ],
};

/** Classes of ml-ids over both releases, by id: those of 2018, then those that only 2017 has. */
export const cic2018Classes: readonly string[] = [
  ...["Benign", "Bot", "Brute Force -Web", "Brute Force -XSS", "DoS attacks-GoldenEye", "DoS attacks-Hulk"],
  ...["DoS attacks-SlowHTTPTest", "DoS attacks-Slowloris", "DDOS attack-HOIC", "DDOS attack-LOIC-UDP"],
  ...["DDoS attacks-LOIC-HTTP", "FTP-BruteForce", "Infilteration", "SQL Injection", "SSH-Bruteforce"],
  ...["DDOS LOIT", "Heartbleed", "PortScan"],
];

/** Names of 2017 and of the corrected editions, by their class in 2018; classes themselves are left out. */
const aliases: Readonly<Record<string, readonly string[]>> = {
  Bot: ["Botnet", "Botnet Ares"],
  "Brute Force -Web": ["Web Attack - Brute Force"],
  "Brute Force -XSS": ["Web Attack - XSS"],
  "DoS attacks-GoldenEye": ["DoS GoldenEye"],
  "DoS attacks-Hulk": ["DoS Hulk"],
  "DoS attacks-SlowHTTPTest": ["DoS Slowhttptest"],
  "DoS attacks-Slowloris": ["DoS slowloris"],
  "DDOS attack-HOIC": ["DDoS-HOIC"],
  "DDOS attack-LOIC-UDP": ["DDoS-LOIC-UDP"],
  "DDoS attacks-LOIC-HTTP": ["DDoS-LOIC-HTTP"],
  "FTP-BruteForce": ["FTP-Patator"],
  Infilteration: [
    ...["Infiltration", "Infiltration - Portscan", "Infiltration - NMAP Portscan"],
    ...["Infiltration - Dropbox Download", "Infiltration - Communication Victim Attacker"],
  ],
  "SQL Injection": ["Web Attack - Sql Injection", "Web Attack - SQL"],
  "SSH-Bruteforce": ["SSH-Patator"],
  "DDOS LOIT": ["DDoS"],
};

const familyOf = new Map(
  Object.entries(cicFamilies).flatMap(([family, names]) =>
    names.map((name) => [labelKey(name), family] as const),
  ),
);
const classOf = new Map([
  ...cic2018Classes.map((name) => [labelKey(name), name] as const),
  ...Object.entries(aliases).flatMap(([name, others]) =>
    others.map((other) => [labelKey(other), name] as const),
  ),
]);

/** A label without what its copies differ in: the dash, blanks, underscores, capitals. */
function labelKey(label: string): string {
  return label
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, " ")
    .trim();
}

/**
 * The class of an attack in CSE-CIC-IDS2018 (`labels.taxonomy: cic-2018`), for CIC-IDS-2017, the corrected editions and
 * 2018 itself; undefined for other names, such as the merged classes of some copies. `cic2018Classes` has the ids.
 * Source: cstub/ml-ids, notebooks on cross-dataset evaluation.
 */
export function cic2018Class(label: string): string | undefined {
  return classOf.get(labelKey(label));
}

/**
 * The dash of `Web Attack – XSS` is byte 0x96 in windows-1252; copies have it as the control character U+0096, as U+FFFD,
 * or as bytes that were read in a wrong encoding.
 */
const dashes = /â€“|ï¿½|[\u0096\u0097\u2010-\u2015\u2212\ufffd]/g;

const attempt = / ?- ?attempted$/i;

/** What a label of the family means. Attempts (`DoS Hulk - Attempted`) are attempts of an attack that is known. */
export function cicMeaning(text: string): LabelMeaning {
  const original = text.trim();
  if (original === "") return { kind: "empty", original: null };
  if (/^benign$/i.test(original)) return { kind: "benign", original };
  const label = original.replace(dashes, "-").replace(/\s+/g, " ");
  const family = familyOf.get(labelKey(label.replace(attempt, "")));
  if (family === undefined) return { kind: "unknown", original };
  return attempt.test(label)
    ? { kind: "attempted", original, label }
    : { kind: "attack", original, label, family };
}

/** How labels are understood, for every dialect of the family. */
export const cicLabelPolicy =
  "Benign is benign; each attack keeps its own name (every dash written as -), in eight families (botnet, brute-force, ddos, " +
  "dos, heartbleed, infiltration, port-scan, web-attack); X - Attempted follows labels.attempted (benign as its authors " +
  "score it, drop, or own); NeedManualLabel, No Label and any other name are unknown and follow labels.unknown. " +
  "labels.taxonomy: cic-2018 gives all of them the names of CSE-CIC-IDS2018.";
