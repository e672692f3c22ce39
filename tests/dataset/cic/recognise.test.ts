import { describe, expect, it } from "vitest";
import { cicName } from "#lib/dataset/cic/recognise.js";
import { dialects } from "#lib/dataset/registry.js";
import { corrected, csvFile, flows2017, flows2018, headers, python, snake2018 } from "./headers.js";

/** The dialects that take a text for theirs. */
function takers(text: string): string[] {
  return dialects.filter((dialect) => dialect.recognise(text) === true).map(({ name }) => name);
}

const on = (Timestamp: string, Label = "BENIGN"): Record<string, string>[] => [{ Timestamp, Label }];

describe("a file of CICFlowMeter's columns", () => {
  it("is known by its columns, days and labels, as exactly one dialect", () => {
    const files: [string, string][] = [
      [csvFile(headers["2017"], [{ Label: "BENIGN" }]), "cic-ids-2017"],
      [headers["2017"].replace(/,[^,]*Fwd Header Length(?=,Fwd Avg)/, ""), "cic-ids-2017"],
      [headers["2017"].replace(/Fwd Header Length(?=,Fwd Avg)/, "Fwd Header Length.1"), "cic-ids-2017"],
      [headers["2017"].replace(" Destination Port, ", ""), "cic-ids-2017"],
      [csvFile(flows2017, on("7/7/2017 3:56")), "cic-ids-2017-flows"],
      [csvFile(flows2017, on("03/07/2017 08:55:58")), "cic-ids-2017-flows"],
      [csvFile(headers["2018"], on("14/02/2018 08:31:01", "Benign")), "cse-cic-ids2018"],
      [csvFile(headers["2018"], on("01/01/1970 12:00:00", "Benign")), "cse-cic-ids2018"],
      [csvFile(flows2018, on("20/02/2018 08:34:07", "Benign")), "cse-cic-ids2018"],
      [csvFile(snake2018, [{ timestamp: "14/02/2018 08:31:01", label: "Benign" }]), "cse-cic-ids2018"],
      [csvFile(corrected, on("2017-07-03 11:57:51.590705")), "cic-ids-2017-corrected"],
      [csvFile(corrected, on("2018-02-14 12:57:51.590705")), "cse-cic-ids2018-corrected"],
      [csvFile(headers.v4, on("03/07/2017 11:55:58 AM", "DoS Hulk - Attempted")), "cic-ids-2017-corrected"],
      [csvFile(headers.v4, on("06/07/2017 01:40:07 PM", "NeedManualLabel")), "cicflowmeter"],
      [csvFile(headers.v4, on("04/07/2010 08:24:16 PM", "NeedManualLabel")), "cicflowmeter"],
      [csvFile(flows2018, on("05/06/2021 08:34:07", "No Label")), "cicflowmeter"],
      [
        csvFile(python, [{ flow_duration: 2, flow_pkts_s: 3, tot_fwd_pkts: 4, tot_bwd_pkts: 2 }]),
        "cicflowmeter-python",
      ],
      [
        csvFile(python, [{ flow_duration: 2e6, flow_pkts_s: 3, tot_fwd_pkts: 4, tot_bwd_pkts: 2 }]),
        "cicflowmeter",
      ],
    ];
    expect(files.map(([text]) => takers(text))).toEqual(files.map(([, name]) => [name]));
  });

  it("is somebody's own when its days are not those of the dataset", () => {
    const ddos2019 = csvFile(flows2017, on("2018-12-01 10:51:39.813448", "DrDoS_DNS"));
    expect(takers(ddos2019)).toEqual(["cicflowmeter"]);
    const flows = dialects.find(({ name }) => name === "cic-ids-2017-flows");
    expect(flows?.recognise(ddos2019)).toBe("CICFlowMeter's columns, but those of cicflowmeter");
  });

  it("that goes by the cleaned edition's names is told by its labels", () => {
    const header = ["Protocol", "Flow Duration", "Total Fwd Packets", "Fwd Packets Length Total", "Label"];
    expect(cicName(header, [["6", "1", "1", "1", "Benign"]])).toBe("cse-cic-ids2018");
    expect(cicName(header, [["6", "1", "1", "1", "DoS Hulk"]])).toBe("cic-ids-2017");
  });

  it("may lack most columns: the spelling of those that are there tells whose it is", () => {
    const some = (header: string, keep: (at: number) => boolean): string =>
      `${header
        .split(",")
        .slice(0, -1)
        .filter((_, at) => keep(at))
        .join(",")}\n`;
    const cut = (header: string): string[][] => [
      takers(some(header, (at) => at % 4 === 1)), // 20 columns
      takers(some(header, (at) => at >= 35 && at < 55)),
      takers(some(header, (at) => at >= 59)),
    ];
    expect(cut(headers["2017"])).toEqual(Array(3).fill(["cic-ids-2017"]));
    expect(cut(headers["2018"])).toEqual(Array(3).fill(["cse-cic-ids2018"]));
    expect(cut(headers.v4)).toEqual(Array(3).fill(["cicflowmeter"]));
    expect(takers(some(headers["2018"], (at) => at >= 10 && at < 19))).toEqual([]);
  });

  it("must have the columns of a flow", () => {
    const answer = dialects
      .find(({ name }) => name === "cic-ids-2017")
      ?.recognise("Flow Duration,Label\n1,BENIGN\n");
    expect(answer).toMatch(/^no columns "Total Fwd Packets", "Total Backward Packets", .* and 1 more$/);
  });
});
