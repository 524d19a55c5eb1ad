// The MDN HTTP Observatory's own tests and grades, against a server on this machine: observatory.mjs PORT HTTP-PORT PATH...
// Its trust root comes by NODE_EXTRA_CA_CERTS. Prints one JSON object: the score of each path.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const root = path.resolve("node_modules/@mdn/mdn-http-observatory");
// Its install script would fetch the list of preloaded hosts. None of them is ours.
const preloaded = path.join(root, "conf/hsts-preload.json");
if (!fs.existsSync(preloaded)) fs.writeFileSync(preloaded, "{}");

const load = (name) => import(pathToFileURL(path.join(root, "src", name)).href);
const { retrieve } = await load("retriever/retriever.js");
const { ALL_TESTS } = await load("constants.js");
const { getGradeForScore, getScoreModifier } = await load("grader/grader.js");
const { MINIMUM_SCORE_FOR_EXTRA_CREDIT } = await load("grader/charts.js");

async function score(httpsPort, httpPort, page) {
  const asked = await retrieve("localhost", { httpsPort: Number(httpsPort), httpPort: Number(httpPort), path: page });
  const results = ALL_TESTS.map((test) => test(asked).result);
  const modifiers = results.map(getScoreModifier);
  const sum = (numbers) => numbers.reduce((all, one) => all + one, 100);
  const plain = sum(modifiers.filter((one) => one < 0));
  const graded = getGradeForScore(plain >= MINIMUM_SCORE_FOR_EXTRA_CREDIT ? sum(modifiers) : plain);
  return { ...graded, status: asked.responses.auto?.status, verified: asked.responses.auto?.verified, results };
}

const [httpsPort, httpPort, ...pages] = process.argv.slice(2);
const scores = {};
for (const page of pages) scores[page] = await score(httpsPort, httpPort, page);
console.log(JSON.stringify(scores));
