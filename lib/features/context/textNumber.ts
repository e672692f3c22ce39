import { textHash } from "../../table/rows/hash.js";

const WORD = 2 ** 32;

/**
 * A number for a text that is the same in every batch, without a dictionary that grows with them: of an IPv4 address its
 * 32 bits, of any other text a hash between 2^32 and 2^53. Two of a million IPv6 addresses share one with a chance of
 * 1 in 18,000; context then takes them for one host.
 */
export function textNumber(text: string): number {
  return (
    ipv4(text) ??
    WORD * (1 + ((textHash(text, 0x9747b28c) >>> 0) % (2 ** 21 - 1))) + (textHash(text, 0x3c6ef372) >>> 0)
  );
}

/** Dotted decimal without leading zeros, else undefined. */
function ipv4(text: string): number | undefined {
  let address = 0;
  let octet = -1;
  let dots = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 48 && code <= 57 && octet !== 0) {
      octet = 10 * Math.max(octet, 0) + code - 48;
      if (octet > 255) return undefined;
    } else if (code === 46 && octet >= 0) {
      address = 256 * address + octet;
      octet = -1;
      dots++;
    } else return undefined;
  }
  return dots === 3 && octet >= 0 ? 256 * address + octet : undefined;
}
