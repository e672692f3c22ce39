import { FormatError } from "../../base/errors.js";

/** One element of an SVG picture. */
export interface SvgElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Elements inside it, in order. */
  readonly children: readonly SvgElement[];
  /** The characters directly inside it. */
  readonly text: string;
}

const token =
  /<\/(?<closed>[\w:-]+)\s*>|<(?<name>[\w:-]+)(?<attributes>(?:\s+[\w:-]+="[^"]*")*)\s*(?<empty>\/?)>|(?<text>[^<]+)/y;
const attribute = /([\w:-]+)="([^"]*)"/g;
const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/**
 * The tree of an SVG text: elements, attributes, characters and the five named entities, which is all of XML that Vega
 * writes.
 * @throws FormatError at anything else (comments, other entities, elements that are not closed)
 */
export function parseSvg(svg: string): SvgElement {
  type Open = { name: string; attributes: Record<string, string>; children: SvgElement[]; text: string };
  const root: Open = { name: "", attributes: {}, children: [], text: "" };
  const open: Open[] = [root];
  token.lastIndex = 0;
  while (token.lastIndex < svg.length) {
    const at = token.lastIndex;
    const found = token.exec(svg)?.groups;
    const top = open[open.length - 1];
    if (found === undefined || (found.closed !== undefined && found.closed !== top.name))
      throw new FormatError(`svg: byte ${at}: not the XML that Vega writes: ${svg.slice(at, at + 40)}`);
    if (found.text !== undefined) top.text += decoded(found.text);
    else if (found.closed !== undefined) open.pop();
    else {
      const attributes = Object.fromEntries(
        Array.from(found.attributes.matchAll(attribute), ([, name, value]) => [name, decoded(value)]),
      );
      const element: Open = { name: found.name, attributes, children: [], text: "" };
      top.children.push(element);
      if (found.empty === "") open.push(element);
    }
  }
  if (open.length !== 1 || root.children.length !== 1 || root.children[0].name !== "svg")
    throw new FormatError("svg: expected one element svg that is closed at the end of the text.");
  return root.children[0];
}

function decoded(text: string): string {
  return text.replace(/&(\w+);/g, (whole, name: string) => {
    const character = entities[name];
    if (character === undefined) throw new FormatError(`svg: the entity ${whole} is not known.`);
    return character;
  });
}
