// node .ci/tests.mjs REPORT [--interop]: names the failed and the skipped tests of a vitest report; its last line is
// "passed failed skipped". Tests that need DVC or Python (*.interop.test.ts) count only with --interop; those of an engine that
// could not be added here, or of a GPU, are named, and do not count.
import { readFileSync } from "node:fs";

const [path, option] = process.argv.slice(2);
const report = JSON.parse(readFileSync(path, "utf8"));
const counts = { passed: 0, failed: 0, skipped: 0 };
for (const file of report.testResults) {
  const interop = file.name.endsWith(".interop.test.ts");
  if (file.status === "failed" && file.assertionResults.length === 0) {
    counts.failed++;
    console.log(`did not load: ${file.name}`);
  }
  for (const test of file.assertionResults) {
    if (test.status === "failed") {
      console.log(`failed test: ${test.fullName}: ${shortened(test.failureMessages.join(" | "))}`);
    }
    const mayLack = /skipped: (nidslab engines add|NIDSLAB_ORT_CUDA)/.test(test.fullName);
    if (mayLack && test.status !== "passed" && test.status !== "failed") console.log(`left out: ${test.fullName}`);
    else if (test.status === "passed" || test.status === "failed") counts[test.status]++;
    else if (!interop || option === "--interop") {
      counts.skipped++;
      console.log(`skipped: ${test.fullName}`);
    }
  }
}
function shortened(message) {
  const text = message.replace(/\s+/g, " ");
  return text.length > 600 ? `${text.slice(0, 600)}…` : text;
}

console.log(`${counts.passed} ${counts.failed} ${counts.skipped}`);
