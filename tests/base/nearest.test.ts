import { expect, it } from "vitest";
import { didYouMean, nearest } from "#lib/base/nearest.js";

it("finds the name that was meant, and none when nothing is near", () => {
  expect(nearest("tress", ["trees", "depth", "learning_rate"])).toBe("trees");
  expect(nearest("learnign_rate", ["trees", "depth", "learning_rate"])).toBe("learning_rate");
  expect(nearest("boosting", ["majority", "gradient-boosting"])).toBe("gradient-boosting");
  expect(didYouMean("xyzzy", ["trees", "depth"])).toBe("");
});
