import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { command } from "#lib/cli/models.js";
import { clusterers } from "#lib/models/cluster/registry.js";
import { modelFamilies } from "#lib/models/contract.js";
import { definitions } from "#lib/models/registry.js";

let out = "";
beforeEach(() => {
  out = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    out += text;
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

async function models(...args: string[]): Promise<string> {
  await command.run(args);
  return out;
}

describe("nidslab models", () => {
  it("lists every model on one line, by shelf", async () => {
    const lines = (await models()).split("\n");
    for (const { type, title } of [...definitions, ...clusterers])
      expect(lines.filter((line) => line.startsWith(`  ${type} `) && line.endsWith(title))).toHaveLength(1);
    const shelves = lines.filter((line) => (modelFamilies as readonly string[]).includes(line));
    expect(lines).toContain("clustering");
    expect(shelves).toEqual(
      modelFamilies.filter((each) => definitions.some(({ family }) => family === each)),
    );
    expect(lines.find((line) => line.startsWith("  logistic "))).toMatch(
      /^ {2}logistic +classifier +scaled +numbers +Logistic/,
    );
  });

  it("shows one in full: parameters, needs, paper and limits", async () => {
    const text = await models("stacking");
    expect(text).toMatch(
      /^stacking {2}.*\(ensemble classifier, view scaled\)\n {2}models +required +\(array\)/,
    );
    expect(text).toMatch(/\n {2}folds +5 +\(integer 2\.\.20\) parts/);
    expect(text).toMatch(/\n {2}final\.max_iterations +100 +\(integer 1\.\.10000\)/);
    expect(text).toMatch(
      /\n {2}needs: columns: what each of its models takes\n {2}source: Wolpert 1992, .*\n {2}limits: /,
    );
  });

  it("tells a key that may be left out and one that must be given from one whose default is null", async () => {
    const text = await models("stacking");
    expect(text).toMatch(/\n {2}search\.over +required +\(object\)/);
    expect(text).toMatch(/\n {2}search\.candidates +not set +\(integer/);
    const [{ search }] = JSON.parse((await models("stacking", "--json")).slice(text.length));
    const of = (own: string) => search.find(({ name }: { name: string }) => name === `search.${own}`);
    expect([Object.hasOwn(of("over"), "default"), of("over").required]).toEqual([false, true]);
    expect(Object.hasOwn(of("candidates"), "default")).toBe(false);
  });

  it("shows all of them with --all, each parameter with a description", async () => {
    const text = await models("--all");
    for (const { type, source } of definitions) {
      expect(text).toContain(`\n${type}  `.slice(type === definitions[0].type ? 1 : 0));
      expect(text).toContain(`  source: ${source}\n`);
    }
  });

  it("gives programs the same, and says whether an engine is added", async () => {
    const listed = JSON.parse(await models("--json"));
    expect(listed.map(({ type }: { type: string }) => type)).toEqual(
      [...definitions, ...clusterers].map(({ type }) => type),
    );
    for (const { type, family, needs, parameters } of listed) {
      expect([...modelFamilies, "clustering"]).toContain(family);
      expect(typeof needs.columns).toBe("string");
      const engine = definitions.find((each) => each.type === type)?.engine;
      if (engine === undefined) expect(needs.engine).toBeNull();
      else expect(needs.engine).toMatchObject({ name: engine, command: `nidslab engines add ${engine}` });
      for (const { name, description } of parameters)
        expect(`${type} ${name}: ${description}`).toMatch(/: ./);
    }
  });

  it("shows beside a model what its kind takes, and of a clusterer its own parameters", async () => {
    expect(await models("logistic")).toMatch(
      / {2}window\.length .*\n[\s\S]* {2}resample\.smote\.k .*\n[\s\S]* {2}select\.keep /,
    );
    out = "";
    const detector = await models("pca");
    expect(detector).toContain("  search.over ");
    expect(detector).not.toMatch(/^ {2}(?:resample|select)\./m);
    out = "";
    const clusterer = await models("dbscan");
    expect(clusterer).toMatch(
      /^dbscan {2}.*\(clustering clusterer, view scaled\)\n[\s\S]* {2}radius .*\n[\s\S]* {2}source: /,
    );
    expect(clusterer).toContain("stand under cluster.clusterers");
    expect(clusterer).not.toContain("search.over");
  });

  it("takes a type or --all, not both", async () => {
    await expect(models("logistic", "--all")).rejects.toThrow(/^models: a type \("logistic"\) and --all/);
  });
});
