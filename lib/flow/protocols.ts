/**
 * IP protocol numbers as names: IANA's keywords in lower case, by number.
 * Source: https://www.iana.org/assignments/protocol-numbers (July 2024); 61, 63, 68, 99 and 114 have no keyword.
 */
const keywords = (
  "hopopt icmp igmp ggp ipv4 st tcp cbt egp igp bbn-rcc-mon nvp-ii pup argus emcon xnet chaos udp mux dcn-meas hmp prm " +
  "xns-idp trunk-1 trunk-2 leaf-1 leaf-2 rdp irtp iso-tp4 netblt mfe-nsp merit-inp dccp 3pc idpr xtp ddp idpr-cmtp tp++ " +
  "il ipv6 sdrp ipv6-route ipv6-frag idrp rsvp gre dsr bna esp ah i-nlsp swipe narp mobile tlsp skip ipv6-icmp " +
  "ipv6-nonxt ipv6-opts any-host cftp any-local sat-expak kryptolan rvd ippc any-dfs sat-mon visa ipcv cpnx cphb wsn pvp " +
  "br-sat-mon sun-nd wb-mon wb-expak iso-ip vmtp secure-vmtp vines iptm nsfnet-igp dgp tcf eigrp ospfigp sprite-rpc larp " +
  "mtp ax.25 ipip micp scc-sp etherip encap any-private gmtp ifmp pnni pim aris scps qnx a/n ipcomp snp compaq-peer " +
  "ipx-in-ip vrrp pgm any-0hop l2tp ddx iatp stp srp uti smp sm ptp isis fire crtp crudp sscopmce iplt sps pipe sctp fc " +
  "rsvp-e2e-ignore mobility udplite mpls-in-ip manet hip shim6 wesp rohc ethernet aggfrag nsh"
).split(" ");

/**
 * The name of an IP protocol number as a file writes it (`6`, also `6.0`); a text that is no number from 0 to 255 is
 * taken for a name already, in lower case. Numbers without a name: `proto-200`.
 */
export function protocolName(text: string): string {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0 || number > 255) return text.toLowerCase();
  return keywords[number] ?? `proto-${number}`;
}
