// Reads BPMN with the reader that bpmn.io's tools share; the answer is what it warns of, and how often each type is there.
// The first argument is the folder node_modules in which bpmn-moddle is; the documents are on standard input, as a list.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const found = createRequire(`${process.argv[2]}/`).resolve("bpmn-moddle");
const { BpmnModdle } = await import(pathToFileURL(found));

const answers = [];
for (const text of JSON.parse(readFileSync(0, "utf-8"))) {
  const { warnings, elementsById } = await new BpmnModdle().fromXML(text);
  const types = {};
  for (const { $type } of Object.values(elementsById)) types[$type] = (types[$type] ?? 0) + 1;
  answers.push({ warnings: warnings.map(({ message }) => message), types });
}
process.stdout.write(JSON.stringify(answers));
