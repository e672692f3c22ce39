import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { expect, it } from "vitest";
import { installKernel, jupyterDataFolder } from "#lib/notebook/kernelSpec.js";
import { temporaryFolder } from "../temporary.js";

it("writes a kernel that starts from any folder, and says what it replaced", () => {
  const prefix = temporaryFolder().path;
  const { path, replaced } = installKernel(prefix);
  expect(path).toBe(join(prefix, "share/jupyter/kernels/tslab/kernel.json"));
  expect(replaced).toBeUndefined();
  const { argv, language } = JSON.parse(readFileSync(path, "utf8"));
  expect(language).toBe("typescript");
  expect(argv.slice(0, 2).every(isAbsolute)).toBe(true);
  expect(argv.slice(2)).toEqual(["kernel", "--config-path", "{connection_file}"]);
  expect(installKernel(prefix).replaced).toBeUndefined();
  writeFileSync(path, '{"argv": ["tslab", "kernel"]}');
  expect(installKernel(prefix).replaced).toEqual(["tslab", "kernel"]);
});

it("refuses a prefix that is not there, and writes nothing", () => {
  expect(() => installKernel(join(temporaryFolder().path, "venv"))).toThrow(
    /--prefix takes the folder of a Python environment/,
  );
});

it("looks where Jupyter looks", () => {
  const folder = temporaryFolder().path;
  mkdirSync(join(folder, "data"));
  expect(jupyterDataFolder({ JUPYTER_DATA_DIR: folder }, "linux")).toBe(folder);
  expect(jupyterDataFolder({ XDG_DATA_HOME: "/x" }, "linux")).toBe(join("/x", "jupyter"));
  expect(jupyterDataFolder({ APPDATA: "a" }, "win32")).toBe(join("a", "jupyter"));
});
