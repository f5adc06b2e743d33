import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { ConfigError } from './config-error.js';
import { type Environment } from './read-variables.js';
import { systemErrorCode } from './system-error.js';

/**
 * @param folder where a file named .env may lie; default the working folder
 * @param base the environment of the process; what it gives, also as NAME_FILE, goes before .env
 * @returns the variables of both
 * @throws ConfigError when .env is there and cannot be read
 */
export function readEnvironment(folder: string = process.cwd(), base: Environment = process.env): Environment {
  const merged: Record<string, string | undefined> = { ...base };
  for (const [name, value] of Object.entries(readDotEnv(join(folder, '.env')))) {
    const twin = name.endsWith('_FILE') ? name.slice(0, -'_FILE'.length) : `${name}_FILE`;
    if (base[name] === undefined && !base[twin]) merged[name] = value;
  }
  return merged;
}

function readDotEnv(path: string): Environment {
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch (error) {
    const code = systemErrorCode(error) ?? 'unknown error';
    if (code === 'ENOENT' || code === 'ENOTDIR') return {};
    throw new ConfigError([{ name: '.env', rule: `cannot be read (${code})` }]);
  }
}
