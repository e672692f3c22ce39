import type { ResampleParams } from "../features/resample/params.js";
import type { ClassWeight } from "./classWeights.js";
import { type MixerParams, mixerName } from "./online/mixerParams.js";
import type { SampleWeight } from "./sampleWeights.js";

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
    sample_weight,
  } = entry as {
    class_weight?: ClassWeight;
    resample?: ResampleParams;
    mixer?: MixerParams;
    sample_weight?: SampleWeight;
  };
  const found: { path: string[]; message: string }[] = [];
  if (isByClass(sample_weight) && (class_weight !== "none" || resample !== undefined)) {
    const other = class_weight !== "none" ? "class_weight" : "resample";
    found.push({
      path: ["sample_weight"],
      message: twice("sample_weight", "sample_weight.allow_both", other),
    });
  }
  if (class_weight === "none") return found;
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

/** Whether the weights of rows are by what classes are made of. */
function isByClass(weight: SampleWeight | undefined): boolean {
  if (weight === undefined || weight === null || weight.allow_both || !("by" in weight)) return false;
  return ["label", "label_original", "family"].includes(weight.by);
}

function twice(step: string, key: string, other = "class_weight"): string {
  return `${step} and ${other} correct the same imbalance twice. Leave one out, or set ${key}: true`;
}
