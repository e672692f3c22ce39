import { join } from "node:path";
import type { OptionStyle } from "./commandOptions.js";
import { configFiles, readConfigFile, type Sections } from "./configFile.js";
import { checkConfig, linkTypes } from "./configSchema.js";
import { ConfigError } from "./errors.js";
import type { LinkPolicy, LinkType } from "./links.js";

/** What DVC's configuration files say, by section and option. */
export class Config {
  private constructor(
    private readonly root: string,
    private readonly sections: Sections,
  ) {}

  /**
   * @param root the folder that holds `.dvc`
   * @throws ConfigError for what DVC does not know or nidslab refuses, by name
   */
  static read(root: string): Config {
    const sections: Sections = new Map();
    for (const path of configFiles(root)) readConfigFile(path, sections);
    checkConfig(sections);
    return new Config(root, sections);
  }

  get(section: string, option: string): string | undefined {
    return this.sections.get(section)?.get(option);
  }

  flag(section: string, option: string): boolean {
    return this.get(section, option)?.toLowerCase() === "true";
  }

  /** Where objects are: `cache.dir`, or `.dvc/cache`. */
  get cacheFolder(): string {
    return this.get("cache", "dir") ?? join(this.root, ".dvc", "cache");
  }

  /** How files of the workspace and objects of the cache are tied: `cache.type`, `cache.shared`. */
  get links(): LinkPolicy {
    const types = linkTypes(this.get("cache", "type") ?? "") as LinkType[];
    return {
      types: types.length > 0 ? types : ["reflink", "copy"],
      shared: this.get("cache", "shared") !== undefined,
    };
  }

  /** `parsing.bool` and `parsing.list`. @throws ConfigError for a word that they do not know */
  get optionStyle(): OptionStyle {
    const choice = (option: string, known: readonly string[]): string | undefined => {
      const value = this.get("parsing", option)?.toLowerCase();
      if (value === undefined || known.includes(value)) return value;
      throw new ConfigError(
        `expected one of ${known.join(", ")} for dictionary value @ data['parsing']['${option}']`,
      );
    };
    return {
      bool: choice("bool", ["store_true", "boolean_optional"]),
      list: choice("list", ["nargs", "append"]),
    };
  }

  get defaultRemote(): string | undefined {
    return this.get("core", "remote")?.toLowerCase();
  }

  get hasRemotes(): boolean {
    return [...this.sections.keys()].some((section) => section.startsWith("remote "));
  }

  /**
   * Where a remote is.
   * @param command for the message: what was called, as `push`
   * @throws ConfigError in DVC's words for an unknown remote, and when none is named
   */
  remote(name: string | undefined, command: string): Remote {
    const chosen = name?.toLowerCase() ?? this.defaultRemote;
    if (chosen === undefined) throw this.noRemote(command);
    const section = `remote "${chosen}"`;
    const url = this.get(section, "url");
    if (url === undefined) throw new ConfigError(`remote '${name ?? chosen}' doesn't exist`);
    for (const option of ["worktree", "version_aware"]) {
      if (this.flag(section, option)) {
        throw new ConfigError(
          `remote '${chosen}' has ${option} = true, which nidslab does not support. Use dvc ${command}.`,
        );
      }
    }
    const local = url.replace(/^file:\/\//, "");
    return { name: chosen, url, ...(/^\w[\w+.-]*:\/\//.test(local) ? {} : { folder: local }) };
  }

  private noRemote(command: string): ConfigError {
    const start = `no remote specified in ${this.root}.`;
    return new ConfigError(
      this.hasRemotes
        ? `${start} Setup default remote with\n    dvc remote default <remote name>\nor use:\n    dvc ${command} -r <remote name>`
        : `${start} Create a default remote with\n    dvc remote add -d <remote name> <remote url>`,
    );
  }
}

/** A place where objects are kept for others; `folder` when it is one of this machine. */
export interface Remote {
  readonly name: string;
  readonly url: string;
  readonly folder?: string;
}
