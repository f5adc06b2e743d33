import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** The folder of the project. */
export const root = join(import.meta.dirname, '..', '..', '..');

/** @returns the text of a file of the project */
export function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** @returns every Markdown page of the project, in the root and below docs */
export function pages(): string[] {
  const inRoot = readdirSync(root).filter((name) => name.endsWith('.md'));
  const inDocs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md'));
  return [...inRoot, ...inDocs.map((name) => join('docs', name))].sort();
}

/** @returns the part of a page from the heading with this text to the next of its rank */
export function section(markdown: string, heading: string): string {
  const lines = markdown.split('\n');
  const start = lines.findIndex((line) => /^#{1,6} /.test(line) && line.replace(/^#+ /, '') === heading);
  if (start < 0) throw new Error(`there is no heading "${heading}"`);
  const rank = lines[start]!.indexOf(' ');
  const length = lines.slice(start + 1).findIndex((line) => /^#{1,6} /.test(line) && line.indexOf(' ') <= rank);
  return lines.slice(start, length < 0 ? undefined : start + 1 + length).join('\n');
}

/** @returns what stands in the fenced blocks of a language */
export function fenced(markdown: string, language: string): string[] {
  return [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].flatMap(([, found, text]) => (found === language ? [text!] : []));
}

/** @returns the cells of all table rows, without the ruling lines */
export function tableRows(markdown: string): string[][] {
  return [...markdown.matchAll(/^\|(.+)\|$/gm)]
    .map(([, row]) => row!.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|')))
    .filter((cells) => !cells.every((cell) => /^:?-+:?$/.test(cell)));
}

/** @returns the links of a page that lead nowhere: to no file, or to no heading of one */
export function brokenLinks(page: string): string[] {
  const markdown = withoutCode(read(page));
  const links = [...markdown.matchAll(/\[[^\]]*\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
  return links.filter((target) => !/^[a-z]+:/.test(target) && !leadsSomewhere(page, target));
}

function leadsSomewhere(page: string, target: string): boolean {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : relative(root, join(root, dirname(page), path));
  if (!existsSync(join(root, file))) return false;
  if (anchor === undefined || !file.endsWith('.md') || statSync(join(root, file)).isDirectory()) return true;
  return anchorsOf(read(file)).includes(anchor);
}

/** Headings get their anchors as the usual hosts make them. */
function anchorsOf(markdown: string): string[] {
  return [...withoutCode(markdown).matchAll(/^#{1,6} (.+)$/gm)].map(([, text]) =>
    text!.toLowerCase().replaceAll('`', '').replaceAll(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-'),
  );
}

function withoutCode(markdown: string): string {
  return markdown.replaceAll(/^```[\s\S]*?^```$/gm, '');
}
