import { existsSync, readFileSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import type { OptionStyle } from "./commandOptions.js";
import { ConfigError, GraphError } from "./errors.js";

/** What `.dvc/config` and `.dvc/config.local` say, by section and option. */
export class Config {
  private constructor(
    private readonly folder: string,
    private readonly sections: ReadonlyMap<string, ReadonlyMap<string, string>>,
  ) {}

  /** @param root the folder that holds `.dvc` */
  static read(root: string): Config {
    const sections = new Map<string, Map<string, string>>();
    for (const name of ["config", "config.local"]) {
      const path = join(root, ".dvc", name);
      if (existsSync(path)) parse(readFileSync(path, "utf8"), sections);
    }
    return new Config(join(root, ".dvc"), sections);
  }

  get(section: string, option: string): string | undefined {
    return this.sections.get(section)?.get(option);
  }

  flag(section: string, option: string): boolean {
    return /^(true|yes|on|1)$/i.test(this.get(section, option) ?? "");
  }

  /** Where objects are: `cache.dir`, or `.dvc/cache`. */
  get cacheFolder(): string {
    return this.folderOf(this.get("cache", "dir") ?? "cache");
  }

  /** `parsing.bool` and `parsing.list`. @throws ConfigError for a word that they do not know */
  get optionStyle(): OptionStyle {
    const choice = (option: string, known: readonly string[]): string | undefined => {
      const value = this.get("parsing", option)?.toLowerCase();
      if (value === undefined || known.includes(value)) return value;
      throw new ConfigError(
        "configuration error - config file error: " +
          `expected one of ${known.join(", ")} for dictionary value @ data['parsing']['${option}']`,
      );
    };
    return {
      bool: choice("bool", ["store_true", "boolean_optional"]),
      list: choice("list", ["nargs", "append"]),
    };
  }

  get defaultRemote(): string | undefined {
    return this.get("core", "remote");
  }

  /**
   * The folder of a remote. A relative `url` is relative to `.dvc`.
   * @throws GraphError for an unknown remote, and for one that is not a folder
   */
  remoteFolder(name: string): string {
    const url = this.get(`remote "${name}"`, "url");
    if (url === undefined) {
      throw new GraphError(
        `remote '${name}' is not in .dvc/config. Add it:\n[remote "${name}"] url = <folder>, or name another with -r.`,
      );
    }
    if (/^[a-z][a-z0-9+.-]*:\/\//i.test(url) && !url.startsWith("file://")) {
      throw new GraphError(
        `remote '${name}' has url ${url}; nidslab reads folders only. Use dvc pull for it.`,
      );
    }
    return this.folderOf(url.replace(/^file:\/\//, ""));
  }

  private folderOf(path: string): string {
    return isAbsolute(path) ? path : resolve(this.folder, path);
  }
}

function parse(text: string, sections: Map<string, Map<string, string>>): void {
  let current: Map<string, string> | undefined;
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#") || line.startsWith(";")) continue;
    const header = /^\[\s*(['"]?)(.*)\1\s*\]$/.exec(line);
    if (header !== null) {
      const name = header[2].trim();
      current = sections.get(name) ?? new Map();
      sections.set(name, current);
      continue;
    }
    const at = line.indexOf("=");
    if (at < 0 || current === undefined) {
      throw new ConfigError(
        `configuration error - .dvc/config: "${line}" is neither [section] nor option = value.`,
      );
    }
    current.set(
      line.slice(0, at).trim(),
      line
        .slice(at + 1)
        .trim()
        .replace(/^(['"])(.*)\1$/, "$2"),
    );
  }
}
