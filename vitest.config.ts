import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** What trains or starts programs for minutes goes first, so that no core is idle at the end. */
const slow = ["bars", "pipeline", "cli", "notebook"];

class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const found = slow.findIndex((folder) => moduleId.includes(`/tests/${folder}/`));
      return found === -1 ? slow.length : found;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

// Tests import "#lib/…", which is the compiled dist/: what users run is what is tested, and Node loads it as it is.
export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: "forks",
    // Files share a worker's modules: loading them anew took a third of the unit tests' processor time.
    isolate: false,
    maxWorkers: 2,
    server: { deps: { external: [/\/dist\/.+\.js$/] } },
    sequence: { sequencer: SlowFirst },
  },
});
