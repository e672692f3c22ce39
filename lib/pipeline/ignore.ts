import { existsSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** One line of an ignore file. */
export interface IgnoreRule {
  /** `.dvcignore:1:*.tmp`, as messages show it. */
  readonly source: string;
  readonly negated: boolean;
  readonly directoryOnly: boolean;
  readonly regex: RegExp;
  /** Of a plain name, which matches in every folder: the name. */
  readonly name?: string;
}

interface Level {
  readonly at: number;
  readonly rules: readonly IgnoreRule[];
}

interface Options {
  /** `.gitignore` or `.dvcignore`. */
  readonly file: string;
  /** Patterns that hold before those of any file. */
  readonly builtin: readonly string[];
  /** DVC strips blanks around each line; Git keeps escaped ones. */
  readonly strip: boolean;
  /** A folder that holds this name belongs to somebody else and is ignored. */
  readonly foreign?: string;
}

/**
 * The ignore files of a tree: one per folder, patterns relative to it, the last match wins, and what lies in an ignored
 * folder is ignored. Source: gitignore(5), and DVC's differences (blanks around a line are stripped).
 */
export class IgnoreTree {
  private readonly chains = new Map<string, readonly Level[]>();
  private readonly folders = new Map<string, boolean>();

  constructor(
    private readonly root: string,
    private readonly options: Options,
  ) {}

  static dvc(root: string): IgnoreTree {
    const builtin = [".hg/", ".git/", ".git", ".dvc/"];
    return new IgnoreTree(root, { file: ".dvcignore", builtin, strip: true, foreign: ".dvc" });
  }

  /** @param root the folder that holds `.git` */
  static git(root: string): IgnoreTree {
    let exclude: string[] = [];
    try {
      exclude = readFileSync(join(root, ".git", "info", "exclude"), "utf8").split("\n");
    } catch {
      // Many clones have none.
    }
    return new IgnoreTree(root, { file: ".gitignore", builtin: [".git", ...exclude], strip: false });
  }

  /** Forget what was read: an ignore file may have been written. */
  refresh(): void {
    this.chains.clear();
    this.folders.clear();
  }

  /** True when the path, or a folder above it, is ignored. Paths outside the root are not. */
  ignored(path: string, isFolder: boolean): boolean {
    return this.match(path, isFolder) !== undefined;
  }

  /** As `ignored`, for a path whose folder is known not to be ignored. */
  ignoredHere(path: string, isFolder: boolean): boolean {
    return isFolder ? this.folderIgnored(path) : this.verdict(path, false) !== undefined;
  }

  /** The rule that makes a path ignored. */
  match(path: string, isFolder: boolean): IgnoreRule | undefined {
    const inside = relative(this.root, path).split(sep);
    if (inside[0] === ".." || inside[0] === "") return undefined;
    let folder = this.root;
    for (let i = 0; i < inside.length - 1; i++) {
      folder = join(folder, inside[i]);
      if (this.folderIgnored(folder)) return this.verdict(folder, true) ?? NEVER;
    }
    if (isFolder) return this.folderIgnored(path) ? (this.verdict(path, true) ?? NEVER) : undefined;
    return this.verdict(path, false);
  }

  /** The rule that decides about a path, be it one that takes it in again; undefined when none matches. */
  decisive(path: string, isFolder: boolean): IgnoreRule | undefined {
    return this.match(path, isFolder) ?? this.lastMatch(path, isFolder);
  }

  private folderIgnored(folder: string): boolean {
    let known = this.folders.get(folder);
    if (known === undefined) {
      const foreign = this.options.foreign !== undefined && existsSync(join(folder, this.options.foreign));
      known = foreign || this.verdict(folder, true) !== undefined;
      this.folders.set(folder, known);
    }
    return known;
  }

  /** The last rule that matches this very path, when it is not a negation. */
  private verdict(path: string, isFolder: boolean): IgnoreRule | undefined {
    const found = this.lastMatch(path, isFolder);
    return found?.negated ? undefined : found;
  }

  private lastMatch(path: string, isFolder: boolean): IgnoreRule | undefined {
    if (!path.startsWith(this.root + sep)) return undefined;
    const name = sep === "/" ? path : path.split(sep).join("/");
    const end = path.lastIndexOf(sep);
    const base = name.slice(end + 1);
    let found: IgnoreRule | undefined;
    for (const { at, rules } of this.chain(path.slice(0, end))) {
      const inner = name.slice(at + 1);
      for (const rule of rules) {
        if (rule.directoryOnly && !isFolder) continue;
        // DVC matches a folder with a slash at its end, so its "a/**" holds for a itself.
        const matches =
          rule.name === undefined
            ? rule.regex.test(inner) || (isFolder && this.options.strip && rule.regex.test(`${inner}/`))
            : rule.name === base;
        if (matches) found = rule;
      }
    }
    return found;
  }

  /** The rules that hold in a folder, those of the root first; `at` is where the path inside their folder begins. */
  private chain(folder: string): readonly Level[] {
    let chain = this.chains.get(folder);
    if (chain === undefined) {
      const above =
        folder.length > this.root.length ? this.chain(folder.slice(0, folder.lastIndexOf(sep))) : [];
      const rules = this.rulesOf(folder);
      chain = rules.length === 0 ? above : [...above, { at: folder.length, rules }];
      this.chains.set(folder, chain);
    }
    return chain;
  }

  private rulesOf(folder: string): IgnoreRule[] {
    const { file, builtin, strip } = this.options;
    const path = join(folder, file);
    const own = folder === this.root ? builtin.flatMap((line) => parseRule(line, `:${line}`, strip)) : [];
    if (!existsSync(path)) return own;
    const name = relative(this.root, path).split(sep).join("/");
    const lines = readFileSync(path, "utf8").split(/\r?\n/);
    return [...own, ...lines.flatMap((line, i) => parseRule(line, `${name}:${i + 1}:${line}`, strip))];
  }
}

const NEVER: IgnoreRule = {
  source: "a folder with a project of its own",
  negated: false,
  directoryOnly: true,
  regex: /^/,
};

/** One line as a rule; nothing for blank lines and comments. */
export function parseRule(line: string, source: string, strip: boolean): IgnoreRule[] {
  let pattern = strip ? line.trim() : line.replace(/(?<!\\) +$/, "");
  if (pattern === "" || pattern.startsWith("#")) return [];
  const negated = pattern.startsWith("!");
  if (negated) pattern = pattern.slice(1);
  const directoryOnly = pattern.endsWith("/");
  if (directoryOnly) pattern = pattern.slice(0, -1);
  if (strip && directoryOnly && pattern === "*") return []; // DVC's "*/" matches nothing.
  const anchored = pattern.includes("/");
  if (pattern.startsWith("/")) pattern = pattern.slice(1);
  if (pattern === "") return [];
  const regex = new RegExp(`^${anchored ? "" : "(?:.*/)?"}${globSource(pattern)}$`, "su");
  const isPlain = !anchored && !/[*?[\\]/.test(pattern);
  return [{ source, negated, directoryOnly, regex, ...(isPlain ? { name: pattern } : {}) }];
}

/** A gitignore pattern as the source of a regular expression: `*` and `?` stop at a slash, `**` does not. */
function globSource(pattern: string): string {
  let source = "";
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i];
    if (char === "*" && pattern[i + 1] === "*" && (i === 0 || pattern[i - 1] === "/")) {
      if (pattern[i + 2] === "/") {
        source += "(?:.*/)?";
        i += 2;
        continue;
      }
      if (i + 2 === pattern.length) {
        source += ".*";
        i += 1;
        continue;
      }
    }
    const whole = (i === 0 || pattern[i - 1] === "/") && (i + 1 === pattern.length || pattern[i + 1] === "/");
    if (char === "*") source += whole ? "[^/]+" : "[^/]*";
    else if (char === "?") source += "[^/]";
    else if (char === "[") {
      const end = pattern.indexOf("]", i + 2);
      if (end < 0) source += "\\[";
      else {
        const body = pattern
          .slice(i + 1, end)
          .replace(/^[!^]/, "^")
          .replaceAll("\\", "\\\\")
          .replaceAll("[", "\\[");
        source += `(?!/)[${body}]`;
        i = end;
      }
    } else if (char === "\\" && i + 1 < pattern.length) source += escapeRegex(pattern[++i]);
    else source += escapeRegex(char);
  }
  return source;
}

function escapeRegex(char: string): string {
  return char.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
