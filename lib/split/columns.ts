import { hasFolds, listOf, type SplitRecipe } from "./recipe.js";
import { asGroup } from "./recipes/group.js";
import { identityColumns } from "./recipes/hash.js";

/** Columns of flows.parquet that a recipe needs beside row_id, label and family: `needed` ones, and those it takes if there. */
export interface RecipeColumns {
  readonly needed: readonly string[];
  readonly optional: readonly string[];
}

/** What to read of flows.parquet for a recipe, so that a split of many columns reads few. */
export function columnsFor(recipe: SplitRecipe): RecipeColumns {
  const { needed, optional: taken = [] } = own(recipe);
  const conditions = Object.keys(recipe.within ?? {});
  const by = "validation_by" in recipe ? recipe.validation_by : undefined;
  const drawn = by === undefined ? [] : [by === "time" || by === "blocks" ? "start_us" : by];
  const optional = by === "blocks" ? [...new Set([...taken, "source"])] : taken;
  return { needed: [...new Set([...needed, ...conditions, ...drawn])], optional };
}

function own(recipe: SplitRecipe): { needed: readonly string[]; optional?: readonly string[] } {
  if (hasFolds(recipe)) {
    return { needed: recipe.by === undefined ? [] : listOf(recipe.by).filter((name) => name !== "content") };
  }
  switch (recipe.recipe) {
    case "official":
      return { needed: ["official_part"] };
    case "files":
      return { needed: ["source"] };
    case "hash":
      return recipe.by === undefined
        ? { needed: [], optional: identityColumns }
        : { needed: listOf(recipe.by) };
    case "time":
      return { needed: ["start_us"] };
    case "campaign": {
      const { benign = "time" } = recipe;
      return { needed: ["campaign", benign === "time" ? "start_us" : benign], optional: ["source"] };
    }
    default: {
      const group = asGroup(recipe);
      return { needed: group === undefined ? [] : listOf(group.by) };
    }
  }
}
