import { afterEach, beforeEach, expect, it } from "vitest";
import { Sandbox } from "../pipeline/sandbox.js";

let box: Sandbox;
beforeEach(() => {
  box = new Sandbox({
    "dvc.yaml":
      "stages:\n  a: {cmd: touch a, outs: [a], frozen: true}\n  b: {foreach: [x], do: {cmd: echo}}\n",
  });
});
afterEach(() => box.remove());

const errors = (...args: string[]): string => box.nidslab(...args).stderr;

it("names the word that was meant after a verb", () => {
  expect(errors("metrics", "sho")).toBe(
    'ERROR: metrics: expected "show" or "diff", found "sho". Did you mean "show"?\n',
  );
  expect(errors("stage", "lst")).toBe('ERROR: stage: expected "list", found "lst". Did you mean "list"?\n');
  expect(errors("plots", "sho")).toBe(
    'ERROR: plots: expected "show", "diff" or "templates", found "sho". Did you mean "show"?\n',
  );
  expect(errors("params")).toBe('ERROR: params: expected "diff", found nothing.\n');
});

it("names the option that was meant, and none where any other is as near", () => {
  expect(errors("repro", "--forse")).toBe('ERROR: unrecognized arguments: --forse Did you mean "--force"?\n');
  expect(errors("exp", "show", "-q")).toBe("ERROR: unrecognized arguments: -q\n");
});

it("status -q prints nothing at all", () => {
  expect(box.nidslab("status", "-q")).toEqual({ code: 1, stdout: "", stderr: "" });
  expect(errors("status")).toContain("WARNING: stage: 'a' is frozen.");
});

it("freeze says what to do about a stage that is generated", () => {
  expect(errors("freeze", "b@x")).toBe(
    "ERROR: failed to freeze 'b@x' - cannot dump a parametrized stage: 'b@x'. Write frozen: true in dvc.yaml yourself: under the stage, or under do: of a foreach (it then holds for all its stages).\n",
  );
});

it("pull speaks of a missing default remote only where an output has none of its own", () => {
  box.write({
    "data.txt": "1\n",
    "other.txt": "2\n",
    ".dvc/config": "['remote \"store\"']\n    url = ../store\n",
  });
  box.nidslab("add", "data.txt", "other.txt");
  box.write({ "data.txt.dvc": `${box.read("data.txt.dvc")}  remote: store\n` });
  expect(errors("pull", "data.txt.dvc")).toBe("");
  expect(errors("pull", "other.txt.dvc")).toBe("No remote provided and no default remote set.\n");
});
