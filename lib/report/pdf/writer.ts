import { deflateSync } from "node:zlib";
import { hashBytes } from "../../base/hash.js";

/** A reference to an object of the file, as it stands in other objects. */
export type Reference = `${number} 0 R`;

/**
 * A PDF file under construction: numbered objects, then a table of where they begin. Nothing in it depends on the time
 * or the machine: no dates, and an identifier that is the hash of the content.
 * Source: ISO 32000-1, chapters 7.3 to 7.5.
 */
export class PdfFile {
  readonly #objects: (Uint8Array | null)[] = [];

  /** Number of an object that will be `set` later. */
  reserve(): Reference {
    this.#objects.push(null);
    return `${this.#objects.length} 0 R`;
  }

  set(reference: Reference, body: string | Uint8Array): void {
    this.#objects[Number.parseInt(reference, 10) - 1] =
      typeof body === "string" ? Buffer.from(body, "latin1") : body;
  }

  add(body: string): Reference {
    const reference = this.reserve();
    this.set(reference, body);
    return reference;
  }

  /** Bytes with a dictionary, compressed. @param entries of the dictionary besides its length and filter */
  stream(bytes: Uint8Array, entries = ""): Reference {
    const packed = deflateSync(bytes, { level: 9 });
    const reference = this.reserve();
    const head = `<< ${entries === "" ? "" : `${entries} `}/Filter /FlateDecode /Length ${packed.length} >>\nstream\n`;
    this.set(
      reference,
      Buffer.concat([Buffer.from(head, "latin1"), packed, Buffer.from("\nendstream", "latin1")]),
    );
    return reference;
  }

  /** The bytes of the file. */
  finish(catalog: Reference, info: Reference): Buffer {
    const parts: Buffer[] = [Buffer.from("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "latin1")];
    let at = parts[0].length;
    const offsets = this.#objects.map((body, i) => {
      if (body === null) throw new Error(`pdf: object ${i + 1} was reserved and never set`);
      const begin = at;
      const bytes = Buffer.concat([
        Buffer.from(`${i + 1} 0 obj\n`, "latin1"),
        body,
        Buffer.from("\nendobj\n", "latin1"),
      ]);
      parts.push(bytes);
      at += bytes.length;
      return begin;
    });
    const id = hashBytes(Buffer.concat(parts), "md5");
    const size = offsets.length + 1;
    parts.push(
      Buffer.from(
        `xref\n0 ${size}\n0000000000 65535 f \n${offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("")}` +
          `trailer\n<< /Size ${size} /Root ${catalog} /Info ${info} /ID [<${id}> <${id}>] >>\nstartxref\n${at}\n%%EOF\n`,
        "latin1",
      ),
    );
    return Buffer.concat(parts);
  }
}

/** A number as PDF writes it: at most four decimals, no exponent, no negative zero. */
export function pdfNumber(value: number): string {
  const text = value.toFixed(4).replace(/\.?0+$/, "");
  return text === "-0" ? "0" : text;
}

/** A text string outside of the page's content, in UTF-16. */
export function pdfText(text: string): string {
  const units = Array.from({ length: text.length }, (_, i) =>
    text.charCodeAt(i).toString(16).padStart(4, "0"),
  );
  return `<feff${units.join("")}>`;
}
