import type { Field } from "../../flow/fields.js";

/** The ways in which releases and tools write the columns: CIC-IDS-2017, CICFlowMeter 4, CSE-CIC-IDS2018. */
export type Spelling = "2017" | "v4" | "2018";

/** A column of CICFlowMeter that the flow record does not have. */
export interface CicFeature {
  readonly field: Field;
  readonly spellings: Readonly<Record<Spelling, string>>;
  /** Further spellings, of cleaned editions. */
  readonly others: readonly string[];
}

/** Name | unit | spelling of 2017 | of version 4 (=: as in 2017) | of 2018 | meaning | further spellings. */
const table = `
fwd_pkt_len_max | bytes | Fwd Packet Length Max | = | Fwd Pkt Len Max | largest payload of a forward packet
fwd_pkt_len_min | bytes | Fwd Packet Length Min | = | Fwd Pkt Len Min | least payload of a forward packet
fwd_pkt_len_mean | bytes | Fwd Packet Length Mean | = | Fwd Pkt Len Mean | mean payload of a forward packet
fwd_pkt_len_std | bytes | Fwd Packet Length Std | = | Fwd Pkt Len Std | standard deviation of the payload of a forward packet
bwd_pkt_len_max | bytes | Bwd Packet Length Max | = | Bwd Pkt Len Max | largest payload of a backward packet
bwd_pkt_len_min | bytes | Bwd Packet Length Min | = | Bwd Pkt Len Min | least payload of a backward packet
bwd_pkt_len_mean | bytes | Bwd Packet Length Mean | = | Bwd Pkt Len Mean | mean payload of a backward packet
bwd_pkt_len_std | bytes | Bwd Packet Length Std | = | Bwd Pkt Len Std | standard deviation of the payload of a backward packet
flow_byts_s | bytes/s | Flow Bytes/s | = | Flow Byts/s | payload over the duration; infinite in the files (here missing) where that is 0
flow_pkts_s | packets/s | Flow Packets/s | = | Flow Pkts/s | packets over the duration; infinite in the files (here missing) where that is 0
flow_iat_mean | us | Flow IAT Mean | = | Flow IAT Mean | mean time between two packets
flow_iat_std | us | Flow IAT Std | = | Flow IAT Std | standard deviation of the time between two packets
flow_iat_max | us | Flow IAT Max | = | Flow IAT Max | largest time between two packets
flow_iat_min | us | Flow IAT Min | = | Flow IAT Min | least time between two packets
fwd_iat_tot | us | Fwd IAT Total | = | Fwd IAT Tot | first to last forward packet
fwd_iat_mean | us | Fwd IAT Mean | = | Fwd IAT Mean | mean time between two forward packets
fwd_iat_std | us | Fwd IAT Std | = | Fwd IAT Std | standard deviation of the time between two forward packets
fwd_iat_max | us | Fwd IAT Max | = | Fwd IAT Max | largest time between two forward packets
fwd_iat_min | us | Fwd IAT Min | = | Fwd IAT Min | least time between two forward packets
bwd_iat_tot | us | Bwd IAT Total | = | Bwd IAT Tot | first to last backward packet
bwd_iat_mean | us | Bwd IAT Mean | = | Bwd IAT Mean | mean time between two backward packets
bwd_iat_std | us | Bwd IAT Std | = | Bwd IAT Std | standard deviation of the time between two backward packets
bwd_iat_max | us | Bwd IAT Max | = | Bwd IAT Max | largest time between two backward packets
bwd_iat_min | us | Bwd IAT Min | = | Bwd IAT Min | least time between two backward packets
fwd_psh_flags | packets | Fwd PSH Flags | = | Fwd PSH Flags | forward packets with PSH
bwd_psh_flags | packets | Bwd PSH Flags | = | Bwd PSH Flags | backward packets with PSH; always 0 in the releases of 2017 and 2018
fwd_urg_flags | packets | Fwd URG Flags | = | Fwd URG Flags | forward packets with URG
bwd_urg_flags | packets | Bwd URG Flags | = | Bwd URG Flags | backward packets with URG; always 0 in the releases of 2017 and 2018
fwd_header_len | bytes | Fwd Header Length | = | Fwd Header Len | transport headers of forward packets; an overflow made some negative
bwd_header_len | bytes | Bwd Header Length | = | Bwd Header Len | transport headers of backward packets; an overflow made some negative
fwd_pkts_s | packets/s | Fwd Packets/s | = | Fwd Pkts/s | forward packets over the duration
bwd_pkts_s | packets/s | Bwd Packets/s | = | Bwd Pkts/s | backward packets over the duration
pkt_len_min | bytes | Min Packet Length | Packet Length Min | Pkt Len Min | least payload of a packet
pkt_len_max | bytes | Max Packet Length | Packet Length Max | Pkt Len Max | largest payload of a packet
pkt_len_mean | bytes | Packet Length Mean | = | Pkt Len Mean | mean payload of a packet
pkt_len_std | bytes | Packet Length Std | = | Pkt Len Std | standard deviation of the payload of a packet
pkt_len_var | bytes^2 | Packet Length Variance | = | Pkt Len Var | variance of the payload of a packet
fin_flag_cnt | packets | FIN Flag Count | = | FIN Flag Cnt | packets with FIN; at most 1 in the release of 2017
syn_flag_cnt | packets | SYN Flag Count | = | SYN Flag Cnt | packets with SYN; at most 1 in the release of 2017
rst_flag_cnt | packets | RST Flag Count | = | RST Flag Cnt | packets with RST; at most 1 in the release of 2017
psh_flag_cnt | packets | PSH Flag Count | = | PSH Flag Cnt | packets with PSH; at most 1 in the release of 2017
ack_flag_cnt | packets | ACK Flag Count | = | ACK Flag Cnt | packets with ACK; at most 1 in the release of 2017
urg_flag_cnt | packets | URG Flag Count | = | URG Flag Cnt | packets with URG; at most 1 in the release of 2017
cwe_flag_count | packets | CWE Flag Count | CWR Flag Count | CWE Flag Count | packets with CWR, which the releases misspell; the Python port repeats fwd_urg_flags here
ece_flag_cnt | packets | ECE Flag Count | = | ECE Flag Cnt | packets with ECE; at most 1 in the release of 2017
down_up_ratio | ratio | Down/Up Ratio | = | Down/Up Ratio | backward over forward packets; a whole number in the releases of 2017 and 2018
pkt_size_avg | bytes | Average Packet Size | = | Pkt Size Avg | payload over packets; the releases of 2017 and 2018 count the first packet twice | Avg Packet Size
fwd_seg_size_avg | bytes | Avg Fwd Segment Size | Fwd Segment Size Avg | Fwd Seg Size Avg | mean payload of a forward packet, again
bwd_seg_size_avg | bytes | Avg Bwd Segment Size | Bwd Segment Size Avg | Bwd Seg Size Avg | mean payload of a backward packet, again
fwd_byts_b_avg | bytes | Fwd Avg Bytes/Bulk | Fwd Bytes/Bulk Avg | Fwd Byts/b Avg | mean payload of a bulk (four or more forward packets in a row with payload, under 1 s apart)
fwd_pkts_b_avg | packets | Fwd Avg Packets/Bulk | Fwd Packet/Bulk Avg | Fwd Pkts/b Avg | mean packets of a forward bulk
fwd_blk_rate_avg | bytes/s | Fwd Avg Bulk Rate | Fwd Bulk Rate Avg | Fwd Blk Rate Avg | mean rate of a forward bulk
bwd_byts_b_avg | bytes | Bwd Avg Bytes/Bulk | Bwd Bytes/Bulk Avg | Bwd Byts/b Avg | mean payload of a bulk (four or more backward packets in a row with payload, under 1 s apart)
bwd_pkts_b_avg | packets | Bwd Avg Packets/Bulk | Bwd Packet/Bulk Avg | Bwd Pkts/b Avg | mean packets of a backward bulk
bwd_blk_rate_avg | bytes/s | Bwd Avg Bulk Rate | Bwd Bulk Rate Avg | Bwd Blk Rate Avg | mean rate of a backward bulk
subflow_fwd_pkts | packets | Subflow Fwd Packets | = | Subflow Fwd Pkts | forward packets in a subflow (pauses over 1 s divide); in the Python port all of the flow
subflow_fwd_byts | bytes | Subflow Fwd Bytes | = | Subflow Fwd Byts | forward payload in a subflow; in the Python port all of the flow
subflow_bwd_pkts | packets | Subflow Bwd Packets | = | Subflow Bwd Pkts | backward packets in a subflow (pauses over 1 s divide); in the Python port all of the flow
subflow_bwd_byts | bytes | Subflow Bwd Bytes | = | Subflow Bwd Byts | backward payload in a subflow; in the Python port all of the flow
init_fwd_win_byts | bytes | Init_Win_bytes_forward | FWD Init Win Bytes | Init Fwd Win Byts | TCP window of the first forward packet; -1: none was seen | Init Fwd Win Bytes
init_bwd_win_byts | bytes | Init_Win_bytes_backward | Bwd Init Win Bytes | Init Bwd Win Byts | TCP window of the first backward packet; -1: none was seen | Init Bwd Win Bytes
fwd_act_data_pkts | packets | act_data_pkt_fwd | Fwd Act Data Pkts | Fwd Act Data Pkts | forward packets with payload | Fwd Act Data Packets
fwd_seg_size_min | bytes | min_seg_size_forward | Fwd Seg Size Min | Fwd Seg Size Min | smallest transport header of a forward packet
active_mean | us | Active Mean | = | Active Mean | mean time between two pauses of 5 s or more
active_std | us | Active Std | = | Active Std | standard deviation of the time between two pauses of 5 s or more
active_max | us | Active Max | = | Active Max | largest time between two pauses of 5 s or more
active_min | us | Active Min | = | Active Min | least time between two pauses of 5 s or more
idle_mean | us | Idle Mean | = | Idle Mean | mean pause of 5 s or more
idle_std | us | Idle Std | = | Idle Std | standard deviation of the pause of 5 s or more
idle_max | us | Idle Max | = | Idle Max | largest pause of 5 s or more
idle_min | us | Idle Min | = | Idle Min | least pause of 5 s or more
`;

/**
 * The columns of CICFlowMeter under the names of CSE-CIC-IDS2018 in snake_case, in the order of its files, without those
 * that are in the flow record (duration, packets, bytes, ports, addresses, protocol, time). Forward is the originator's
 * side. Times are microseconds, as in the files. Packets out of order made some of them negative; these are kept.
 *
 * Source: Habibi Lashkari, Draper-Gil, Mamun and Ghorbani 2017, Characterization of Tor traffic using time based features,
 * ICISSP; https://github.com/ahlashkari/CICFlowMeter. Errors of the tool: Engelen, Rimmer and Joosen 2021 (WTMC); Liu et al.
 * 2022 (IEEE CNS).
 */
export const cicFeatures: readonly CicFeature[] = table
  .trim()
  .split("\n")
  .map((line) => {
    const [name, unit, y2017, v4, y2018, meaning, ...others] = line.split(" | ");
    return {
      field: { name, kind: "number", unit, meaning, use: "feature" },
      spellings: { "2017": y2017, v4: v4 === "=" ? y2017 : v4, "2018": y2018 },
      others,
    };
  });
