import { defineConfig } from "vitest/config";

// Tests import "#lib/…", which is the compiled dist/: what users run is what is tested.
export default defineConfig({
  test: { include: ["tests/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 120_000, pool: "forks", maxWorkers: 2 },
});
