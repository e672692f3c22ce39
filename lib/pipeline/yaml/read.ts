import { createRequire } from "node:module";
import type { Document, Node, Pair, YAMLMap } from "yaml";
import { ShapeError, YamlSyntaxError } from "../errors.js";
import { resolvePlain } from "./plain.js";
import { isList, isMap, type Scalar, type Yaml, YamlDate, type YamlMap } from "./value.js";

type YamlPackage = typeof import("yaml");
const require = createRequire(import.meta.url);

/** The yaml package, loaded at the first use: a status that finds everything in its own cache never needs it. */
export function yamlPackage(): YamlPackage {
  return require("yaml") as YamlPackage;
}

/** Parse to nodes that keep what was written; the shape of DVC's error for invalid text. */
export function parseNodes(text: string, name: string): Document.Parsed {
  const document = yamlPackage().parseDocument(text.replace(/^\ufeff/, ""), {
    version: "1.2",
    schema: "failsafe",
    uniqueKeys: true,
    prettyErrors: true,
    logLevel: "error",
  });
  if (document.errors.length > 0) {
    const hint = /^(?:<{7}|={7}|>{7})(?: |$)/m.test(text) ? " (possible merge conflicts)" : "";
    const { code, message } = document.errors[0];
    const what = code === "DUPLICATE_KEY" ? "Found duplicate key. " : "";
    throw new YamlSyntaxError(name, hint, what + message);
  }
  return document;
}

/**
 * Read YAML 1.2 with DVC's number model: integers of any size and floats stay apart. An alias gives the same object as
 * its anchor, merge keys are resolved.
 * @param name how messages call the file, as `./dvc.yaml`
 * @throws ShapeError for invalid YAML, duplicate keys and custom tags
 */
export function readYaml(text: string, name: string): Yaml {
  const document = parseNodes(text, name);
  return new Converter(document, name).convert(document.contents);
}

class Converter {
  private readonly seen = new Map<Node, Yaml>();
  private readonly yaml = yamlPackage();

  constructor(
    private readonly document: Document,
    private readonly name: string,
  ) {}

  convert(node: unknown): Yaml {
    const { yaml } = this;
    if (node === null || node === undefined) return null;
    if (yaml.isAlias(node)) {
      const target = node.resolve(this.document);
      if (target === undefined)
        throw new ShapeError(`'${this.name}' is invalid.\n\nunknown alias '${node.source}'`);
      return this.convert(target);
    }
    const known = this.seen.get(node as Node);
    if (known !== undefined) return known;
    if (yaml.isScalar(node)) {
      if (node.tag !== undefined && !/^(tag:yaml\.org,2002:|!!)?str$|^!$/.test(node.tag)) {
        throw new ShapeError(`'${this.name}' is invalid.\n\nthe tag ${node.tag} is not supported`);
      }
      if (node.type === "PLAIN" && node.tag === undefined) return resolvePlain(node.source ?? "");
      return node.type === undefined && node.value === null ? null : String(node.value ?? "");
    }
    if (yaml.isSeq(node)) {
      const list: Yaml[] = [];
      this.seen.set(node, list);
      for (const item of node.items) list.push(this.convert(item));
      return list;
    }
    return this.mapping(node as YAMLMap);
  }

  private mapping(node: YAMLMap): YamlMap {
    const map: YamlMap = new Map();
    this.seen.set(node, map);
    const isMerge = (pair: Pair): boolean =>
      this.yaml.isScalar(pair.key) && pair.key.type === "PLAIN" && pair.key.source === "<<";
    // Merged keys come first, own ones replace their values; of several sources the first one counts.
    for (const pair of node.items.filter(isMerge)) {
      const value = this.convert(pair.value);
      for (const source of isList(value) ? [...value].reverse() : [value]) {
        if (!isMap(source)) throw new ShapeError(`'${this.name}' is invalid.\n\n<< needs a mapping`);
        for (const [key, item] of source) map.set(key, item);
      }
    }
    for (const pair of node.items) if (!isMerge(pair)) map.set(this.key(pair.key), this.convert(pair.value));
    return map;
  }

  private key(node: unknown): Scalar {
    const key = this.convert(node);
    if (isMap(key) || isList(key))
      throw new ShapeError(`'${this.name}' is invalid.\n\na key cannot be a list or a mapping`);
    return key instanceof YamlDate ? key.text : key;
  }
}
