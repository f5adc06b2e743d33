// Every requirement of a contract in docs/contracts must be named by the title of a test that runs.
// Those that no test can name stand in docs/contracts/exceptions.json with the reason:
//   { "KEY-62": "guidance on cost, measured by the benchmarks" }
// A folder given as argument is checked instead of this one.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { root as here } from './support.js';

const root = process.argv[2] ?? here;
const contracts = join(root, 'docs', 'contracts');
const ID = /\b[A-Z]{2,5}-\d{2,3}\b/g;

const required = requirements();
const cited = citations();
const exceptions = readExceptions();
const prefixes = new Set([...required.keys()].map((id) => id.split('-')[0]));

const problems = [
  ...[...required].filter(([id]) => !cited.has(id) && !(id in exceptions)).map(([id, file]) => `${id} (${file}) is named by no test`),
  ...[...cited].filter(([id]) => prefixes.has(id.split('-')[0]) && !required.has(id)).map(([id, file]) => `${file} names ${id}, which no contract has`),
  ...Object.entries(exceptions).flatMap(([id, reason]) => staleness(id, reason)),
];
if (required.size === 0) problems.push('docs/contracts holds no requirement at all');
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log(`${required.size} requirements, ${Object.keys(exceptions).length} of them excepted`);

function requirements() {
  const found = new Map();
  const files = existsSync(contracts) ? readdirSync(contracts).filter((name) => name.endsWith('.md')) : [];
  for (const file of files) {
    const text = readFileSync(join(contracts, file), 'utf8');
    for (const [, id] of text.matchAll(/^\s*(?:[-*]\s+)?\*\*([A-Z]{2,5}-\d{2,3})\b/gm)) found.set(id, `docs/contracts/${file}`);
  }
  return found;
}

/** Requirement ids in titles of describe, it and test; what is skipped does not count. */
function citations() {
  const found = new Map();
  const files = readdirSync(join(root, 'test'), { recursive: true }).filter((name) => name.endsWith('.spec.ts'));
  for (const file of files) {
    const text = readFileSync(join(root, 'test', file), 'utf8');
    visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest), (title) => {
      for (const [id] of title.matchAll(ID)) found.set(id, `test/${file}`);
    });
  }
  return found;
}

function visit(node, take) {
  if (ts.isCallExpression(node)) {
    const called = calleeText(node.expression);
    if (/^(x(describe|it|test)|(describe|it|test)\.(skip|todo))\b/.test(called)) return;
    const title = node.arguments[0];
    if (/^(describe|it|test)(\.|$)/.test(called) && title) take(textOf(title));
  }
  ts.forEachChild(node, (child) => visit(child, take));
}

/** `it.each` for it.each([...])('title', ...), so that a table's rows are not taken for a title. */
function calleeText(expression) {
  if (ts.isIdentifier(expression)) return expression.text;
  if (ts.isPropertyAccessExpression(expression)) return `${calleeText(expression.expression)}.${expression.name.text}`;
  if (ts.isCallExpression(expression)) return calleeText(expression.expression);
  if (ts.isTaggedTemplateExpression(expression)) return calleeText(expression.tag);
  return '';
}

function textOf(title) {
  if (ts.isStringLiteralLike(title)) return title.text;
  if (ts.isTemplateExpression(title)) return [title.head.text, ...title.templateSpans.map((span) => span.literal.text)].join(' ');
  if (ts.isBinaryExpression(title)) return `${textOf(title.left)} ${textOf(title.right)}`;
  return '';
}

function readExceptions() {
  const path = join(contracts, 'exceptions.json');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
}

function staleness(id, reason) {
  if (!required.has(id)) return [`exceptions.json lists ${id}, which no contract has`];
  if (cited.has(id)) return [`exceptions.json lists ${id}, which ${cited.get(id)} tests: take it out`];
  if (typeof reason !== 'string' || reason.trim().length < 10) return [`exceptions.json gives no reason for ${id}`];
  return [];
}
