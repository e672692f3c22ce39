import { isIPv4, isIPv6 } from "node:net";

/** Addresses that begin with the same `bits`. */
export interface Network {
  readonly address: Uint8Array;
  readonly bits: number;
}

/** An IP address as 4 or 16 bytes in network order; a zone (`fe80::1%eth0`) is left out. undefined: not an address. */
export function parseAddress(text: string): Uint8Array | undefined {
  const bare = text.replace(/%.*$/, "");
  if (isIPv4(bare)) return Uint8Array.from(bare.split("."), Number);
  if (!isIPv6(bare)) return undefined;
  const [head, tail] = bare.split("::").map(groups);
  const zeros = tail === undefined ? 0 : 8 - head.length - tail.length;
  return Uint8Array.from(
    [...head, ...new Array<number>(zeros).fill(0), ...(tail ?? [])].flatMap((group) => [
      group >> 8,
      group & 255,
    ]),
  );
}

/** 16-bit groups of a part of an IPv6 address, whose last 32 bits may be written as IPv4. */
function groups(part: string): number[] {
  if (part === "") return [];
  return part.split(":").flatMap((group) => {
    if (!group.includes(".")) return [Number.parseInt(group, 16)];
    const [a, b, c, d] = group.split(".").map(Number);
    return [(a << 8) | b, (c << 8) | d];
  });
}

/** `10.0.0.0/8` or one address. undefined: neither. */
export function parseNetwork(text: string): Network | undefined {
  const [, host, length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const address = host === undefined ? undefined : parseAddress(host);
  if (address === undefined) return undefined;
  const bits = length === undefined ? address.length * 8 : Number(length);
  return bits <= address.length * 8 ? { address, bits } : undefined;
}

/** Whether an address lies in a network; never for IPv4 in IPv6 or the other way round. */
export function inNetwork(address: Uint8Array, { address: base, bits }: Network): boolean {
  if (address.length !== base.length) return false;
  const whole = bits >> 3;
  for (let i = 0; i < whole; i++) if (address[i] !== base[i]) return false;
  const mask = (0xff00 >> (bits & 7)) & 0xff;
  return mask === 0 || ((address[whole] ^ base[whole]) & mask) === 0;
}
