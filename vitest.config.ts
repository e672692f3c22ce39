import { defineConfig } from "vitest/config";

// Three files at a time on two cores: many tests wait for programs that they start.
// Tests import "#lib/…", which is the compiled dist/: what users run is what is tested.
export default defineConfig({
  test: { include: ["tests/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 120_000, pool: "forks", maxWorkers: 3 },
});
