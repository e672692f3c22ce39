import { isMap, type Scalar, Tuple, type Yaml, YamlDate, type YamlMap } from "../yaml/value.js";
import { type Line, pythonLines, type Token } from "./pythonTokens.js";

interface Statement {
  readonly tokens: readonly Token[];
  readonly body: Statement[];
}

/**
 * The parameters of a Python file: names that the file, a class in it, or `self` in an `__init__` gives a literal. What is
 * computed is left out. Tuples are `Tuple`; sets, bytes and complex numbers are `YamlDate`, which no lock can hold.
 * @throws SyntaxError that names the line
 * Source: DVC 3.67.1, dvc/utils/serialize/_py.py.
 */
export function parsePython(text: string): YamlMap {
  return namesIn(blocks(pythonLines(text)), false);
}

/** Lines by their indentation: what stands deeper belongs to the line before. */
function blocks(lines: readonly Line[]): Statement[] {
  const top: Statement[] = [];
  const open: { indent: number; into: Statement[] }[] = [{ indent: 0, into: top }];
  for (const { indent, tokens } of lines) {
    while (indent < (open.at(-1)?.indent ?? 0)) open.pop();
    let block = open.at(-1) ?? { indent: 0, into: top };
    if (indent > block.indent) {
      const owner = block.into.at(-1);
      if (owner === undefined) throw new SyntaxError("the first line is indented");
      block = { indent, into: owner.body };
      open.push(block);
    }
    block.into.push({ tokens, body: [] });
  }
  return top;
}

/** @param selfOnly inside `__init__`: only what is given to `self` */
function namesIn(statements: readonly Statement[], selfOnly: boolean): YamlMap {
  const result: YamlMap = new Map();
  for (const { tokens, body } of statements) {
    const [first, name] = tokens.map((token) => token.text);
    if (first === "class" || (first === "def" && name === "__init__")) {
      const inner = namesIn(suite(tokens, body), first === "def");
      if (first === "class") result.set(name, inner);
      else for (const [key, value] of inner) result.set(key, value);
    } else if (!COMPOUND.has(first)) {
      for (const simple of split(tokens, ";")) {
        const found = assignment(simple, selfOnly);
        if (found !== undefined) result.set(found[0], found[1]);
      }
    }
  }
  return result;
}

const COMPOUND: ReadonlySet<string> = new Set(
  "def async if elif else for while try except finally with match case @".split(" "),
);

/** The statements of a class or function: below it, or after the colon on its line. */
function suite(tokens: readonly Token[], body: readonly Statement[]): readonly Statement[] {
  if (body.length > 0) return body;
  return [{ tokens: tokens.slice(split(tokens, ":")[0].length + 1), body: [] }];
}

/** Parts between signs that stand outside all brackets. */
function split(tokens: readonly Token[], sign: string): Token[][] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.kind === "sign") {
      if ("([{".includes(token.text)) depth++;
      if (")]}".includes(token.text)) depth--;
      if (depth === 0 && token.text === sign) {
        parts.push([]);
        continue;
      }
    }
    parts.at(-1)?.push(token);
  }
  return parts;
}

/** `name = literal`, `name: type = literal`, `self.name = literal`. */
function assignment(tokens: readonly Token[], selfOnly: boolean): [string, Yaml] | undefined {
  const parts = split(tokens, "=");
  if (parts.length !== 2) return undefined;
  const [target] = split(parts[0], ":");
  const [a, dot, attribute] = target.map((token) => token.text);
  const isName = target.length === 1 && target[0].kind === "name" && !selfOnly;
  const isSelf = target.length === 3 && a === "self" && dot === ".";
  if (!isName && !isSelf) return undefined;
  const value = new Literals(parts[1]).all();
  return value === undefined ? undefined : [isSelf ? attribute : a, value];
}

/** Python's `ast.literal_eval` over tokens; undefined for everything that is not a literal. */
class Literals {
  private at = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  all(): Yaml | undefined {
    const value = this.items(undefined);
    return this.at === this.tokens.length ? value : undefined;
  }

  private get next(): Token | undefined {
    return this.tokens[this.at];
  }

  private take(sign: string): boolean {
    if (this.next?.kind !== "sign" || this.next.text !== sign) return false;
    this.at++;
    return true;
  }

  /** One value, or a tuple when there is a comma, up to `close`. */
  private items(close: string | undefined): Yaml | undefined {
    const list: Yaml[] = [];
    let commas = 0;
    while (this.next !== undefined && this.next.text !== close) {
      const value = this.value();
      if (value === undefined) return undefined;
      list.push(value);
      if (!this.take(",")) break;
      commas++;
    }
    if (commas === 0 && list.length === 1) return list[0];
    return list.length === 0 && close === undefined ? undefined : Tuple.from(list);
  }

  private value(): Yaml | undefined {
    const token = this.next;
    if (token === undefined) return undefined;
    if (token.kind === "string") return this.strings();
    if (token.kind === "number") {
      this.at++;
      return token.value;
    }
    if (token.kind === "name") return this.named();
    if (this.take("-") || this.take("+")) return this.signed(token.text === "-");
    if (this.take("(")) return this.closed(this.items(")"), ")");
    if (this.take("[")) return this.closed(this.list("]"), "]");
    if (this.take("{")) return this.closed(this.mapOrSet(), "}");
    if (this.take("...")) return new YamlDate("...", "ellipsis");
    return undefined;
  }

  private closed(value: Yaml | undefined, sign: string): Yaml | undefined {
    return this.take(sign) ? value : undefined;
  }

  private strings(): Yaml | undefined {
    let all: Yaml | undefined = "";
    for (; this.next?.kind === "string"; this.at++) {
      const { value } = this.next;
      all = typeof value === "string" && typeof all === "string" ? all + value : value;
      if (value === undefined) return undefined;
    }
    return all;
  }

  private named(): Yaml | undefined {
    const name = this.tokens[this.at++].text;
    if (name === "True" || name === "False") return name === "True";
    if (name === "None") return null;
    if (name === "set" && this.take("(") && this.take(")")) return new YamlDate("set()", "set");
    return undefined;
  }

  private signed(negative: boolean): Yaml | undefined {
    const token = this.next;
    if (token?.kind !== "number") return undefined;
    this.at++;
    const { value } = token;
    if (!negative) return value;
    if (typeof value === "bigint") return -value;
    return typeof value === "number" ? -value : value;
  }

  private list(close: string): Yaml[] | undefined {
    const list: Yaml[] = [];
    while (this.next !== undefined && this.next.text !== close) {
      const value = this.value();
      if (value === undefined) return undefined;
      list.push(value);
      if (!this.take(",")) break;
    }
    return list;
  }

  private mapOrSet(): Yaml | undefined {
    const map: YamlMap = new Map();
    while (this.next !== undefined && this.next.text !== "}") {
      const key = this.value();
      if (!isKey(key)) return undefined;
      if (!this.take(":")) {
        this.take(",");
        return this.list("}") === undefined ? undefined : new YamlDate("{…}", "set");
      }
      const value = this.value();
      if (value === undefined) return undefined;
      map.set(key, value);
      if (!this.take(",")) break;
    }
    return map;
  }
}

function isKey(key: Yaml | undefined): key is Scalar {
  return key !== undefined && !isMap(key) && !Array.isArray(key) && !(key instanceof YamlDate);
}
