import { createHash } from "node:crypto";

const ADJECTIVES =
  "amber brave brisk calm clear crisp dusky eager early fair faint fleet fresh gentle golden grand green hardy hazel humble icy jolly keen kind late light lively lucid mellow merry mild misty modest neat nimble noble oaken pale plain polar proud quick quiet rapid ripe rosy round rustic sandy serene sharp shy silent silver sleek slow smooth snowy solid steady still stout sunny swift".split(
    " ",
  );
const NOUNS =
  "acorn alder anchor apple ash aspen badger beacon birch bison bridge brook canyon cedar cliff clover comet coral crane creek crow delta dove dune eagle elm ember falcon fern finch fjord fox garnet glade grove harbor hawk heron hill iris ivy jay lake lark leaf lily linden maple marsh meadow moss oak opal otter owl pebble pine quartz raven reed river robin sage".split(
    " ",
  );

/**
 * An adjective and a noun, as DVC's experiments have, but the same for the same content. 4096 names: `attempt` gives the
 * next one when a name is taken.
 */
export function experimentName(content: readonly string[], attempt: number): string {
  const hash = createHash("sha256")
    .update(JSON.stringify([...content, attempt]))
    .digest();
  return `${ADJECTIVES[hash[0] % ADJECTIVES.length]}-${NOUNS[hash[1] % NOUNS.length]}`;
}
