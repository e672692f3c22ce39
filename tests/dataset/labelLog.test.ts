import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { labelLog, newLabelCounts } from "#lib/dataset/labelLog.js";
import { parseRules, readRules } from "#lib/dataset/labelRules.js";
import { temporaryFolder } from "../temporary.js";

const folder = temporaryFolder();
const rules = parseRules("Benign:\n- srcIP=all\nMalicious, CC:\n- dstPort=443\n", "rules");

async function labelled(
  content: string,
  options: { replace?: boolean; rules?: typeof rules } = {},
): Promise<{ text: string; counts: ReturnType<typeof newLabelCounts> }> {
  const counts = newLabelCounts();
  const pieces: string[] = [];
  const path = folder.write("conn.log", content);
  for await (const text of labelLog(path, options.rules ?? rules, counts, options.replace)) pieces.push(text);
  return { text: pieces.join(""), counts };
}

const fields = "#fields\tts\tid.orig_h\tid.resp_h\tid.resp_p\tconn_state";
const types = "#types\ttime\taddr\taddr\tport\tstring";
const head = `#separator \\x09\n#unset_field\t-\n#path\tconn\n${fields}\n${types}\n`;

describe("labelLog", () => {
  it("adds two columns to a tab-separated log and keeps its header", async () => {
    const { text, counts } = await labelled(
      `${head}1.5\t10.0.0.1\t10.0.0.2\t443\tSF\n2.5\t10.0.0.1\t10.0.0.2\t80\tS0\n#close\t2024\n`,
    );
    expect(text).toBe(
      `#separator \\x09\n#unset_field\t-\n#path\tconn\n${fields}\tlabel\tdetailedlabel\n${types}\tstring\tstring\n` +
        "1.5\t10.0.0.1\t10.0.0.2\t443\tSF\tMalicious\tCC\n2.5\t10.0.0.1\t10.0.0.2\t80\tS0\tBenign\t(empty)\n#close\t2024\n",
    );
    expect([...counts.labels]).toEqual([
      ["Malicious, CC", 1],
      ["Benign", 1],
    ]);
  });
  it("adds two keys to JSON lines and leaves the rest of a line as it was", async () => {
    const { text } = await labelled(
      '{"ts":1.50,"id.orig_h":"10.0.0.1","id.resp_p":443,"conn_state":"SF"}\n' +
        '{"ts": 2.5, "id.orig_h": "10.0.0.1", "conn_state": "SF" }\n',
    );
    expect(text).toBe(
      '{"ts":1.50,"id.orig_h":"10.0.0.1","id.resp_p":443,"conn_state":"SF","label":"Malicious","detailedlabel":"CC"}\n' +
        '{"ts": 2.5, "id.orig_h": "10.0.0.1", "conn_state": "SF","label":"Benign","detailedlabel":"(empty)"}\n',
    );
  });
  it("takes IoT-23's labels, which are glued to the last column, out of it", async () => {
    const glued = head.replace(fields, `${fields}\ttunnel_parents   label   detailed-label`);
    const log =
      `${glued.replace(types, `${types}\tset[string]   string   string`)}` +
      "1.5\t10.0.0.1\t10.0.0.2\t443\tSF\t(empty)   Malicious   DDoS\n2.5\t10.0.0.1\t10.0.0.2\t80\tS0\t-   Benign   -\n";
    await expect(labelled(log)).rejects.toThrow("the log has labels already");
    const { text } = await labelled(log, { replace: true });
    expect(text.split("\n").slice(3, 7)).toEqual([
      `${fields}\ttunnel_parents\tlabel\tdetailedlabel`,
      `${types}\tset[string]\tstring\tstring`,
      "1.5\t10.0.0.1\t10.0.0.2\t443\tSF\t(empty)\tMalicious\tCC",
      "2.5\t10.0.0.1\t10.0.0.2\t80\tS0\t-\tBenign\t(empty)",
    ]);
  });
  it("takes - in JSON for no value", async () => {
    const { text, counts } = await labelled('{"ts":1.5,"id.orig_h":"-","id.resp_p":"-","conn_state":"SF"}\n');
    expect(text).toContain('"label":"Benign"');
    expect(counts.dropped.toJSON()).toEqual({});
  });
  it("leaves rows out that cannot be read, and counts them", async () => {
    const { text, counts } = await labelled(
      `${head}1.5\t10.0.0.1\n1.5\thost\t10.0.0.2\t443\tSF\n1.5\t-\t10.0.0.2\t443\tSF\n`,
    );
    expect(text.split("\n").slice(5)).toEqual(["1.5\t-\t10.0.0.2\t443\tSF\tMalicious\tCC", ""]);
    expect(counts.dropped.toJSON()).toEqual({
      too_few_fields: { count: 1, first_lines: [6] },
      "bad_value_id.orig_h": { count: 1, first_lines: [7] },
    });
    expect(counts.rows).toBe(1);
  });
  it("gives each of two JSON records on a line a line of its own", async () => {
    const one = '{"id.orig_h":"10.0.0.1","conn_state":"SF"}';
    const json = await labelled(`${one}\n${one} ${one}\n${one}{"id.orig_h":"10.\n{"ts":\n`);
    const labelledOne = `${one.slice(0, -1)},"label":"Benign","detailedlabel":"(empty)"}\n`;
    expect(json.text).toBe(labelledOne.repeat(4));
    expect(json.counts.dropped.toJSON()).toEqual({
      torn_record: { count: 1, first_lines: [3] },
      bad_json: { count: 1, first_lines: [4] },
    });
    expect(json.counts.repaired.toJSON()).toEqual({ two_records_on_a_line: { count: 1, first_lines: [2] } });
  });
  it("labels a labelled log anew only when told to", async () => {
    const log = `${head.replace(fields, `${fields}\tlabel\tdetailed-label`).replace(types, `${types}\tstring\tstring`)}1.5\t10.0.0.1\t10.0.0.2\t443\tSF\tBenign\t-\n`;
    await expect(labelled(log)).rejects.toThrow(/line 4: the log has labels already.*--replace/);
    const { text } = await labelled(log, { replace: true });
    expect(text.split("\n").slice(3)).toEqual([
      `${fields}\tlabel\tdetailedlabel`,
      `${types}\tstring\tstring`,
      "1.5\t10.0.0.1\t10.0.0.2\t443\tSF\tMalicious\tCC",
      "",
    ]);
    const json = '{"id.resp_p":443,"id.orig_h":"10.0.0.1","conn_state":"SF","label":"x"}\n';
    await expect(labelled(json)).rejects.toThrow(/line 1: the log has labels already/);
    expect((await labelled(json, { replace: true })).text).toBe(
      '{"id.resp_p":443,"id.orig_h":"10.0.0.1","conn_state":"SF","label":"Malicious","detailedlabel":"CC"}\n',
    );
  });
  it("refuses a log without a column that a rule reads, and what is no conn.log", async () => {
    const bytes = parseRules("A:\n- srcIP=all\nB:\n- Bytes>1\n", "rules");
    await expect(labelled(`${head}`, { rules: bytes })).rejects.toThrow(
      /line 4: no column "orig_bytes", which the rule in line 4 reads/,
    );
    await expect(labelled("a,b\n1,2\n")).rejects.toThrow(/is no conn.log/);
  });
});

const real = "../shared/data/stratosphere-zeek";

describe.skipIf(!existsSync(real))("labelLog on Stratosphere's own pairs", () => {
  it.each(["008-zeek-mixed", "010-zeek-mixed"])(
    "gives %s the labels that it was published with",
    async (name) => {
      const data = `${real}/${name}`;
      const published = `${data}/data/conn.log.labeled.gz`;
      const pieces: string[] = [];
      const counts = newLabelCounts();
      for await (const text of labelLog(published, await readRules(`${data}/labels.config.gz`), counts, true))
        pieces.push(text);
      const [ours, theirs] = [pieces.join(""), gunzipSync(readFileSync(published)).toString("utf8")];
      const rows = theirs.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
      expect(counts.rows).toBe(rows.length);
      expect(ours).toBe(theirs);
    },
  );
});
