import { type Field, flowField } from "../flow/fields.js";
import { protocolName } from "../flow/protocols.js";
import { type Column, int64, type Table } from "../table/table.js";
import type { CsvField, DerivedField } from "./csv/spec.js";
import { categoryField, numberField } from "./fieldKinds.js";
import { endUs } from "./sharedFields.js";
import { unswFields } from "./unswFields.js";

/** UNSW-NB15 took most of its columns from Argus: the same ones here. */
function sharedWithUnsw(name: string): Field {
  const found = unswFields.find(({ field }) => field.name === name);
  if (found === undefined) throw new Error(`argus: UNSW-NB15 has no column "${name}"`);
  return found.field;
}

const bytesOf = (who: string): string =>
  `bytes of ${who} as Argus counts them: frames with their link headers`;
const totalPackets: Field = { ...numberField("tot_pkts", "packets", "packets of both sides"), whole: true };
const totalBytes: Field = { ...numberField("tot_bytes", "bytes", bytesOf("both sides")), whole: true };

/** Protocols that Argus knows by the payload of UDP. */
const overUdp = new Set(["rtp", "rtcp", "udt"]);

function protocol(text: string): string {
  const name = protocolName(text);
  return overUdp.has(name) ? "udp" : name;
}

/**
 * Columns of Argus clients (ra, racluster) under the names that they print. Its bytes go to the columns of IP bytes, although
 * they count link headers too (14 bytes a packet on Ethernet). Source: Argus 3.0.8, ra(1), field list.
 */
export const argusFields: readonly CsvField[] = [
  { names: ["StartTime"], field: flowField("start_us"), required: true, format: ["iso", "epoch_s"] },
  { names: ["LastTime"], field: endUs, format: ["iso", "epoch_s"] },
  { names: ["Dur"], field: flowField("duration_s") },
  { names: ["Proto"], field: flowField("proto"), required: true, word: protocol },
  { names: ["SrcAddr"], field: flowField("orig_addr"), required: true },
  { names: ["Sport"], field: flowField("orig_port") },
  { names: ["Dir"], field: categoryField("dir", "direction as Argus saw it: ->, <->, <-, ?>, who (ARP)") },
  { names: ["DstAddr"], field: flowField("resp_addr"), required: true },
  { names: ["Dport"], field: flowField("resp_port") },
  { names: ["State"], field: sharedWithUnsw("state"), required: true },
  { names: ["sTos"], field: numberField("s_tos", "code", "type of service of the originator's packets") },
  { names: ["dTos"], field: numberField("d_tos", "code", "type of service of the responder's packets") },
  { names: ["TotPkts"], field: totalPackets },
  { names: ["TotBytes"], field: totalBytes },
  { names: ["SrcPkts"], field: flowField("orig_pkts") },
  { names: ["DstPkts"], field: flowField("resp_pkts") },
  { names: ["SrcBytes"], field: flowField("orig_ip_bytes") },
  { names: ["DstBytes"], field: flowField("resp_ip_bytes") },
  { names: ["sTtl"], field: sharedWithUnsw("sttl") },
  { names: ["dTtl"], field: sharedWithUnsw("dttl") },
  { names: ["SrcLoss"], field: sharedWithUnsw("sloss") },
  { names: ["DstLoss"], field: sharedWithUnsw("dloss") },
  { names: ["SrcLoad"], field: sharedWithUnsw("sload") },
  { names: ["DstLoad"], field: sharedWithUnsw("dload") },
  { names: ["SrcWin"], field: numberField("src_win", "bytes", "last TCP window of the originator") },
  { names: ["DstWin"], field: numberField("dst_win", "bytes", "last TCP window of the responder") },
  { names: ["SrcTCPBase"], field: sharedWithUnsw("stcpb") },
  { names: ["DstTCPBase"], field: sharedWithUnsw("dtcpb") },
  { names: ["sMeanPktSz"], field: sharedWithUnsw("smean") },
  { names: ["dMeanPktSz"], field: sharedWithUnsw("dmean") },
  { names: ["SrcJitter"], field: sharedWithUnsw("sjit") },
  { names: ["DstJitter"], field: sharedWithUnsw("djit") },
  { names: ["SIntPkt"], field: sharedWithUnsw("sinpkt") },
  { names: ["DIntPkt"], field: sharedWithUnsw("dinpkt") },
  { names: ["TcpRtt"], field: sharedWithUnsw("tcprtt") },
  { names: ["SynAck"], field: sharedWithUnsw("synack") },
  { names: ["AckDat"], field: sharedWithUnsw("ackdat") },
];

/** The responder's part of a total; a total that is less than the originator's part leaves nothing known. */
function rest(total: string, part: string): (table: Table) => Column {
  return (table) => {
    const whole = table.numbers(total);
    return int64(
      Float64Array.from(table.numbers(part), (value, row) => {
        const left = whole[row] - value;
        return left >= 0 ? left : Number.NaN;
      }),
    );
  };
}

function sum(a: string, b: string): (table: Table) => Column {
  return (table) => {
    const other = table.numbers(b);
    return int64(Float64Array.from(table.numbers(a), (value, row) => value + other[row]));
  };
}

/** What one output has of both sides and the other of the responder. */
export const argusDerived: readonly DerivedField[] = [
  {
    field: flowField("resp_pkts"),
    from: ["tot_pkts", "orig_pkts"],
    of: rest("tot_pkts", "orig_pkts"),
  },
  {
    field: flowField("resp_ip_bytes"),
    from: ["tot_bytes", "orig_ip_bytes"],
    of: rest("tot_bytes", "orig_ip_bytes"),
  },
  { field: totalPackets, from: ["orig_pkts", "resp_pkts"], of: sum("orig_pkts", "resp_pkts") },
  { field: totalBytes, from: ["orig_ip_bytes", "resp_ip_bytes"], of: sum("orig_ip_bytes", "resp_ip_bytes") },
];
