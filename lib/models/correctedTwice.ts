import type { ResampleParams } from "../features/resample/params.js";
import type { ClassWeight } from "./classWeights.js";
import { type MixerParams, mixerName } from "./online/mixerParams.js";

/**
 * Ways in which an entry under `models` corrects the imbalance of classes more than once. Class weights on top of SMOTE
 * count the minority twice, which earlier kits did without saying so; whoever wants it sets allow_both.
 */
export function correctedTwice(
  entry: Readonly<Record<string, unknown>>,
): { path: string[]; message: string }[] {
  const {
    class_weight = "none",
    resample,
    mixer,
  } = entry as {
    class_weight?: ClassWeight;
    resample?: ResampleParams;
    mixer?: MixerParams;
  };
  if (class_weight === "none") return [];
  const found: { path: string[]; message: string }[] = [];
  if (resample !== undefined && !resample.allow_both) {
    const step =
      resample.smote !== undefined
        ? "smote"
        : resample.oversample !== undefined
          ? "oversample"
          : "undersample";
    found.push({ path: ["resample"], message: twice(step, "resample.allow_both") });
  }
  if (mixer !== undefined && "allow_both" in mixer && !mixer.allow_both) {
    found.push({ path: ["mixer"], message: twice(`the ${mixerName(mixer.type)} mixer`, "mixer.allow_both") });
  }
  return found;
}

function twice(step: string, key: string): string {
  return `${step} and class_weight correct the same imbalance twice. Leave one out, or set ${key}: true`;
}
