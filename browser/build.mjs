// Bundles each script with what it imports, and gathers the licenses of the packages that are in the bundles.
import { readFile, readdir, writeFile } from "node:fs/promises";
import { build } from "esbuild";

const target = process.argv[2] ?? "../src/imidgraph/server/static/built";
const { metafile } = await build({
  entryPoints: ["editor.js", "network.js"],
  outdir: target,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
});
const inputs = Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs));
const folders = new Set(inputs.flatMap((path) => path.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/) ?? []));
const told = [];
for (const folder of [...folders].sort()) {
  const { name, version, license } = JSON.parse(await readFile(`${folder}/package.json`, "utf8"));
  const file = (await readdir(folder)).find((each) => /^licen[cs]e(\.|$)/i.test(each));
  if (!file) throw new Error(`${name} has no file with its license`);
  told.push(`${name} ${version} (${license})\n\n${(await readFile(`${folder}/${file}`, "utf8")).trim()}\n`);
}
await writeFile(`${target}/licenses.txt`, told.join(`\n${"-".repeat(80)}\n\n`));
