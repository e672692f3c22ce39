import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { ingest } from "#lib/dataset/ingest.js";
import { readLabelMap } from "#lib/dataset/labelMap.js";
import type { LabelParams } from "#lib/dataset/params.js";
import { temporaryFolder } from "../temporary.js";
import { labelledLog } from "../zeekLog.js";

const folder = temporaryFolder();
const log = labelledLog([
  ["Benign", "-"],
  ["Malicious", "C&C"],
  ["Malicious", "DDoS"],
  ["Malicious", "DDoS"],
  ["Background", "-"],
  ["-", "-"],
]);
const policy = { unknown: "drop", empty: "drop", background: "drop", no_column: "error" } as const;

async function ingested(name: string, map: LabelParams["map"]) {
  const path = dirname(folder.write(`${name}/conn.log.labeled`, log));
  const file = typeof map === "string" ? folder.write(`${name}/map.csv`, map) : map;
  const { table, facts } = await ingest(
    { path, files: null, dialect: "auto", rows: null },
    { ...policy, map: file },
    1,
  );
  return {
    labels: table.strings("label"),
    families: table.strings("family"),
    originals: table.strings("label_original"),
    facts,
  };
}

describe("labels.map", () => {
  it("gives labels their own names and families, from a file", async () => {
    const { labels, families, originals, facts } = await ingested(
      "file",
      "label,name,family\nBenign,benign,\nMalicious/C&C,c2,botnet\nMalicious/DDoS,flood,\nBackground,unknown,\n",
    );
    expect(labels).toEqual(["benign", "c2", "flood", "flood"]);
    expect(families).toEqual(["benign", "botnet", "flood", "flood"]);
    expect(originals).toEqual(["Benign", "Malicious/C&C", "Malicious/DDoS", "Malicious/DDoS"]);
    expect(facts.dropped).toEqual({ label_unknown: 1, label_empty: 1 });
    expect(facts.ignored_files).toEqual([]); // the map is not among the data
    expect(facts.label_map).toEqual({ unused: [] });
  });
  it("may stand in params.yaml, and names what no row has", async () => {
    const { labels, facts } = await ingested("inline", {
      Benign: { name: "benign" },
      "Malicious/C&C": { name: "c2", family: "botnet" },
      "Malicious/DDoS": { name: "benign" },
      Background: { name: "unknown" },
      "Malicious/Spam": { name: "spam" },
    });
    expect(labels).toEqual(["benign", "c2", "benign", "benign"]);
    expect(facts.label_map).toEqual({ unused: ["Malicious/Spam"] });
  });
  it("must have every label of the data", async () => {
    await expect(ingested("lacks", "label,name\nBenign,benign\nMalicious/C&C,c2\n")).rejects.toThrow(
      /map\.csv lacks 2 labels of the data:\n {2}"Malicious\/DDoS" \(2 rows\)\n {2}"Background" \(1 row\)\nAdd a line for each, such as\n {2}Malicious\/DDoS,NAME,FAMILY\n/,
    );
    await expect(ingested("lacks", { Benign: { name: "benign" } })).rejects.toThrow(
      /labels\.map in params\.yaml lacks 3 labels .*\n.*C&C.*\n(?:.*\n)*.*"Malicious\/C&C": \{name: NAME, family: FAMILY\}/,
    );
  });
  it.each([
    ["label,family\nx,y\n", /needs the columns label and name .* has label, family/],
    ["label,name\nx,\n", /line 2: a label and a name are needed/],
    ["label,name\nx,a\nx,b\n", /line 3: "x" is there twice/],
    ["label,name\nx,a,b\n", /line 2: too many fields/],
  ])("%j is refused", async (content, message) => {
    const map = folder.write("bad/map.csv", content);
    await expect(readLabelMap(map, dirname(map))).rejects.toThrow(message);
  });
  it("must lie in the dataset's folder, since a change elsewhere would not be noticed", async () => {
    const map = folder.write("elsewhere/map.csv", "label,name\nx,y\n");
    await expect(readLabelMap(map, `${folder.path}/data`)).rejects.toThrow(/does not lie in dataset\.path/);
    await expect(readLabelMap(`${folder.path}/data/map.csv`, `${folder.path}/data`)).rejects.toThrow(
      /is not there/,
    );
  });
});
