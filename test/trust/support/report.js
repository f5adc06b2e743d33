import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { root } from './site.js';

/**
 * What one tool found out.
 * @typedef {{promise: string, tried: string, count: number, violations: string[], seed: number | string, seconds?: number, figures?: object, skipped?: string[]}} Row
 */

/** @param {Row[]} rows @returns {string} one table for people */
export function tableOf(rows) {
  const head = ['promise', 'what was tried', 'how many', 'violations', 'seed', 's'];
  const lines = rows.map((row) => [row.promise, row.tried, row.count.toLocaleString('en'), String(row.violations.length), String(row.seed), String(Math.round(row.seconds ?? 0))]);
  const widths = head.map((title, column) => Math.max(title.length, ...lines.map((line) => line[column].length)));
  const written = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  return [written(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...lines.map(written)].join('\n');
}

const SHOWN_MAX = 25;

/** Prints the table, what was broken and what was skipped; writes the same as JSON. @returns {number} the exit code */
export function report(rows, { json, level }) {
  console.log(`\n${tableOf(rows)}`);
  for (const { promise, violations, skipped = [] } of rows) {
    for (const violation of violations.slice(0, SHOWN_MAX)) console.log(`VIOLATION ${promise}: ${violation}`);
    if (violations.length > SHOWN_MAX) console.log(`VIOLATION ${promise}: and ${violations.length - SHOWN_MAX} more`);
    for (const reason of skipped) console.log(`skipped ${promise}: ${reason}`);
  }
  const broken = rows.reduce((sum, { violations }) => sum + violations.length, 0);
  if (json) {
    mkdirSync(dirname(json), { recursive: true });
    writeFileSync(json, `${JSON.stringify({ level, at: new Date().toISOString(), commit: commit(), node: process.version, violations: broken, rows }, null, 1)}\n`);
    console.log(`figures: ${json}`);
  }
  console.log(`${rows.length} rows, ${broken} violations`);
  return broken === 0 ? 0 : 1;
}

function commit() {
  try {
    return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return null;
  }
}

/** @returns {{min: number, median: number, p95: number, max: number}} rounded */
export function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  return { min: at(0), median: at(0.5), p95: at(0.95), max: at(1) };
}
