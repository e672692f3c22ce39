import type { Field } from "../flow/fields.js";

/** Time of the last packet, where a dataset has it. */
export const endUs: Field = {
  name: "end_us",
  kind: "time",
  unit: "us",
  meaning: "time of the last packet, UTC",
  use: "never",
  why: "a time tells the campaign, not the behaviour",
};
