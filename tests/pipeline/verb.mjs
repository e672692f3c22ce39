// A verb as the launcher calls it, without the launcher: node verb.mjs VERB ARGUMENTS…
const [verb, ...args] = process.argv.slice(2);
const file = verb.replace(/-./g, (part) => part[1].toUpperCase());
const { command } = await import(new URL(`../../dist/cli/${file}.js`, import.meta.url).href);
process.exitCode = await command.run(args);
