import { describe, expect, it } from "vitest";
import { attackFlags, restrictTarget, targetOf } from "#lib/dataset/target.js";
import { Table, text } from "#lib/table/table.js";

const flows = Table.of({
  label: text(["ssh-guess", "benign", "scan", "ftp-guess", "benign"]),
  family: text(["guess", "benign", "probe", "guess", "benign"]),
});

describe("targetOf", () => {
  it("is benign first, then attack, the families or the attacks' own names, sorted", () => {
    const of = (target: "binary" | "family" | "label") => {
      const { classes, codes } = targetOf(flows, target);
      return [classes, [...codes]];
    };
    expect(of("binary")).toEqual([
      ["benign", "attack"],
      [1, 0, 1, 1, 0],
    ]);
    expect(of("family")).toEqual([
      ["benign", "guess", "probe"],
      [1, 0, 2, 1, 0],
    ]);
    expect(of("label")).toEqual([
      ["benign", "ftp-guess", "scan", "ssh-guess"],
      [3, 0, 2, 1, 0],
    ]);
  });

  it("does not depend on the order of the rows or of the dictionary", () => {
    const turned = flows.take([4, 3, 2, 1, 0]);
    const again = Table.of({ label: text(turned.strings("label")), family: text(turned.strings("family")) });
    expect([...targetOf(again, "label").codes].reverse()).toEqual([...targetOf(flows, "label").codes]);
  });

  it("knows benign as a class where no row is, and flags every row then", () => {
    const attacks = flows.take([0, 2]);
    expect(targetOf(attacks, "family").classes).toEqual(["benign", "guess", "probe"]);
    const own = Table.of({ label: text(["scan"]), family: text(["probe"]) });
    expect([...attackFlags(own)]).toEqual([1]);
    expect(targetOf(own, "family").classes).toEqual(["benign", "probe"]);
  });

  it.each(["binary", "family", "label"] as const)("refuses a row without a label (%s)", (target) => {
    const gap = Table.of({ label: text(["scan", null]), family: text(["probe", null]) });
    expect(() => targetOf(gap, target)).toThrow(/row 1 has no label/);
  });

  it("gives an attack without a family no class, and never benign", () => {
    const gap = Table.of({ label: text(["benign", "scan"]), family: text(["benign", null]) });
    const target = targetOf(gap, "family");
    expect([...target.codes]).toEqual([0, -1]);
    expect([...restrictTarget(target, [0, 1]).codes]).toEqual([0, -1]);
  });
});

describe("restrictTarget", () => {
  it("keeps the classes of the given rows; rows of others get -1", () => {
    const target = restrictTarget(targetOf(flows, "label"), [0, 1]);
    expect(target.classes).toEqual(["benign", "ssh-guess"]);
    expect([...target.codes]).toEqual([1, 0, -1, -1, 0]);
  });
});
