import { rmSync } from "node:fs";
import { expect } from "vitest";
import type { Sandbox } from "./sandbox.js";

/** Replace text of a file, which must be there. */
export const replace = (name: string, from: string | RegExp, to: string) => (box: Sandbox) => {
  const text = box.read(name);
  if (typeof from === "string") expect(text).toContain(from);
  else expect(text).toMatch(from);
  box.write({ [name]: text.replace(from, to) });
};
export const remove =
  (...names: string[]) =>
  (box: Sandbox) => {
    for (const name of names) rmSync(box.path(name), { recursive: true });
  };

export const all =
  (...edits: ((box: Sandbox) => void)[]) =>
  (box: Sandbox) => {
    for (const edit of edits) edit(box);
  };

/** The cache's file of an output or dependency, as the lock names it. */
export function objectOf(box: Sandbox, path: string): string {
  const oid = new RegExp(`path: ${path}\n +hash: md5\n +md5: (\\S+)`).exec(
    box.read("dvc.lock"),
  )?.[1] as string;
  return `.dvc/cache/files/md5/${oid.slice(0, 2)}/${oid.slice(2)}`;
}
export const removeObject = (path: string) => (box: Sandbox) => rmSync(box.path(objectOf(box, path)));
