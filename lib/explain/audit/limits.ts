/** A column that alone exceeds this macro-F1 is a shortcut. */
export const SHORTCUT_LIMIT = 0.9;
