import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { argus } from "#lib/dataset/argus.js";
import { ingest } from "#lib/dataset/ingest.js";
import { readFlows } from "#lib/dataset/readFlows.js";
import { establishedState, slipsColumns } from "#lib/features/slips.js";
import { temporaryFolder } from "../temporary.js";

const folder = temporaryFolder();
const policy = { unknown: "drop", empty: "drop", background: "drop", no_column: "error" } as const;
const from = (path: string, files: string[] | null = null) => ({ path, files, dialect: "auto", rows: null });

const header =
  "StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,sTos,dTos,TotPkts,TotBytes,SrcBytes,Label";

describe("argus.meaning", () => {
  it.each([
    [
      "flow=From-Botnet-V42-UDP-DNS",
      {
        kind: "attack",
        label: "From-Botnet-V42-UDP-DNS",
        family: "botnet",
        original: "flow=From-Botnet-V42-UDP-DNS",
      },
    ],
    [
      "flow=Malware-TCP",
      { kind: "attack", label: "Malware-TCP", family: "malware", original: "flow=Malware-TCP" },
    ],
    ["Botnet", { kind: "attack", label: "Botnet", family: "botnet", original: "Botnet" }],
    ["flow=Background-UDP-Established", { kind: "background", original: "flow=Background-UDP-Established" }],
    ["flow=To-Background-CVUT-Proxy", { kind: "background", original: "flow=To-Background-CVUT-Proxy" }],
    ["flow=From-Normal-V42-Grill", { kind: "benign", original: "flow=From-Normal-V42-Grill" }],
    [
      "flow=Normal-V51-HTTP-windowsupdate",
      { kind: "benign", original: "flow=Normal-V51-HTTP-windowsupdate" },
    ],
    ["LEGITIMATE", { kind: "benign", original: "LEGITIMATE" }],
    ["", { kind: "empty", original: null }],
    // A destination is not a verdict, and no word is taken for another that begins alike.
    [
      "flow=TCP-Established-To-Microsoft-7",
      { kind: "unknown", original: "flow=TCP-Established-To-Microsoft-7" },
    ],
    ["flow=Normalised", { kind: "unknown", original: "flow=Normalised" }],
    ["flow=From-Unknown", { kind: "unknown", original: "flow=From-Unknown" }],
  ])("%j", (label, meaning) => {
    expect(argus.meaning(label)).toEqual(meaning);
  });
});

describe("argus", () => {
  it("reads CTU-13's columns: totals give the responder's bytes, packets by side are not known", async () => {
    const path = folder.write(
      "capture20110810.binetflow",
      `${header}\n2011/08/10 09:46:59.607825,1.026539,tcp,94.44.127.113,1577,   ->,147.32.84.59,6881,S_RA,0,0,4,276,156,flow=Background-Established-cmpgw-CVUT\n` +
        "2011/08/10 09:50:00.000001,0.5,icmp,147.32.84.165,0x0008,  <->,8.8.8.8,0xf095,ECO,0,,2,144,72,flow=From-Botnet-V42-ICMP\n" +
        "2011/08/10 09:50:01,0,rtp,147.32.84.170,4000,  <->,8.8.4.4,5000,CON,,,3,10,20,flow=From-Normal-V42-Jist\n",
    );
    const { table } = await ingest(from(path), { ...policy, background: "benign" }, 1);
    const rows = table.objects();
    expect(rows[1]).toMatchObject({
      dataset: "capture20110810",
      host: "147.32.84.165",
      day: "2011-08-10",
      start_us: 1312969800000001,
      duration_s: 0.5,
      proto: "icmp",
      orig_port: 8,
      resp_port: 0xf095,
      dir: "<->",
      state: "ECO",
      s_tos: 0,
      d_tos: null,
      tot_pkts: 2,
      orig_ip_bytes: 72,
      resp_ip_bytes: 72,
      label: "From-Botnet-V42-ICMP",
      family: "botnet",
    });
    expect(table.names).not.toContain("resp_pkts");
    expect(rows.map(({ label, proto, resp_ip_bytes }) => [label, proto, resp_ip_bytes])).toEqual([
      ["benign", "tcp", 120],
      ["From-Botnet-V42-ICMP", "icmp", 72],
      ["benign", "udp", null], // the total is less than a part
    ]);
  });
  it("says why it does not read times without a date", async () => {
    const row = "09:46:59.607825,1,tcp,1.2.3.4,5,   ->,5.6.7.8,443,FIN,0,0,4,276,156,flow=From-Botnet-V42\n";
    const { facts } = await ingest(from(folder.write("clock.binetflow", `${header}\n${row}`)), policy, 1);
    expect(facts.files[0]).toMatchObject({
      ignored_columns: ["StartTime"],
      notes: ["column StartTime is not read: its first values are no times (iso, epoch_s)"],
    });
  });
  it("takes a port that was merged away (*) for none", async () => {
    const row =
      "2011/08/10 09:46:59.6,1,tcp,1.2.3.4,*,   ->,5.6.7.8,443,FIN,0,0,4,276,156,flow=From-Botnet-V42\n";
    const { table } = await ingest(from(folder.write("merged.binetflow", `${header}\n${row}`)), policy, 1);
    expect(table.select(["orig_port", "resp_port"]).objects()).toEqual([{ orig_port: null, resp_port: 443 }]);
  });
  it("leaves management records out, counted", async () => {
    const path = folder.write(
      "man.binetflow",
      `${header.replaceAll(",", "\t")}\n2018/05/10 10:52:47.283479\t0.045010\tman\t0\t0\t\t0\t0\tSTA\t\t\t0\t0\t0\t\n` +
        "2018/05/10 10:52:48\t0\tarp\t10.0.0.1\t\twho\t10.0.0.2\t\tCON\t\t\t2\t84\t42\tflow=Malware-ARP\n",
    );
    const { table, facts } = await ingest(from(path), policy, 1);
    expect(facts.dropped).toEqual({ management_record: 1 });
    expect(table.objects()[0]).toMatchObject({ proto: "arp", orig_port: null, label: "Malware-ARP" });
  });
});

const real = "../shared/data/argus-binetflow";

describe.skipIf(!existsSync(real))("argus on real files", () => {
  it("reads the labelled file with tabs", async () => {
    const { table, facts } = await ingest(from(`${real}/test5.tabs.binetflow.gz`), policy, 1);
    expect(facts.rows).toMatchObject({ read: 6725, kept: 6277 });
    expect(facts.classes.label).toEqual({ "Malware-UDP-DNS": 4637, "Malware-TCP": 1640 });
    expect(facts.dropped).toEqual({ management_record: 1, label_background: 446, label_unknown: 1 });
    expect(facts.files[0].ignored_columns).toEqual([]);
    expect(table.names).toContain("resp_pkts");
    const [dpkts] = slipsColumns(table, 11).filter(({ column }) => column.name === "dpkts");
    expect(dpkts.values.values.some(Number.isNaN)).toBe(false);
  });
  it.each([
    ["test2-malicious.binetflow.gz", 6751],
    ["test11-portscan.binetflow.gz", 66],
    ["test3-mixed.binetflow.gz", 89],
  ])("reads %s, whose labels are empty", async (name, rows) => {
    const input = await readFlows(`${real}/${name}`);
    expect([input.table.rows, input.labelled, input.dropped.length]).toEqual([rows, false, 0]);
    expect(input.table.numbers("start_us").every((us) => us > 1.5e15)).toBe(true);
    for (const state of input.table.text("state").dictionary)
      expect([0, 1]).toContain(establishedState(state, 4));
  });
});

const wide = "../shared/data/pcap-truth/argus";

describe.skipIf(!existsSync(wide))("argus on racluster's output", () => {
  it("reads every file of it", async () => {
    const input = await readFlows(wide);
    expect([input.table.rows, input.rowsRead, input.dropped]).toEqual([31558, 31558, []]);
    expect(input.ignored).toEqual([]);
  });
  it("has both sides' counts and more", async () => {
    const { table } = await readFlows(`${wide}/chrissanders/ratinfected.pcapng.csv.gz`);
    expect(table.objects(1)[0]).toMatchObject({
      start_us: 1279475104655731,
      end_us: 1279475236785340,
      duration_s: 132.129608,
      orig_addr: "172.16.0.114",
      orig_port: 6641,
      state: "FIN",
      orig_pkts: 24,
      resp_pkts: 24,
      tot_pkts: 48,
      orig_ip_bytes: 1589,
      resp_ip_bytes: 1400,
      tot_bytes: 2989,
      sttl: 128,
      src_win: 64148,
      smean: 66.208336,
      sinpkt: 5744.7615,
      tcprtt: 0.000138,
    });
  });
});
