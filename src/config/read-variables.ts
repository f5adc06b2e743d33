import { readFileSync, statSync } from 'node:fs';
import { type ConfigFault } from './config-error.js';
import { systemErrorCode } from './system-error.js';

/** The environment as handed in: process.env in the server, any object in a test. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads a file named by a NAME_FILE variable. Throws where it cannot. */
export type FileReader = (path: string) => string;

/** The text of a variable and where it was found. */
export interface VariableText {
  readonly text: string;
  readonly from: 'environment' | 'file';
}

/** Far more than any secret needs; keeps a wrong path (a device, a log) from filling the memory. */
const FILE_BYTES_MAX = 64 * 1024;

/** Reads NAME or NAME_FILE. Collects faults instead of throwing, so that all are told at once. */
export class VariableReader {
  readonly faults: ConfigFault[] = [];

  constructor(
    private readonly env: Environment,
    private readonly files: FileReader = readSettingFile,
  ) {}

  /**
   * @param name the variable; an empty one counts as not given
   * @returns its text, or that of the file NAME_FILE names without the line breaks at its end;
   *   undefined when neither is given or a fault was noted
   */
  read(name: string): VariableText | undefined {
    const text = this.env[name] ?? '';
    const path = this.env[`${name}_FILE`] ?? '';
    if (text !== '' && path !== '') {
      this.faults.push({ name, rule: `is given twice: as ${name} and as ${name}_FILE` });
      return undefined;
    }
    if (path === '') return text === '' ? undefined : { text, from: 'environment' };
    return this.readFile(`${name}_FILE`, path);
  }

  private readFile(name: string, path: string): VariableText | undefined {
    try {
      const text = this.files(path).replace(/[\r\n]+$/, '');
      if (text !== '') return { text, from: 'file' };
      this.faults.push({ name, rule: 'names an empty file' });
    } catch (error) {
      this.faults.push({ name, rule: `names a file that cannot be read (${systemErrorCode(error) ?? 'unreadable'})` });
    }
    return undefined;
  }
}

function readSettingFile(path: string): string {
  const stat = statSync(path);
  if (!stat.isFile()) throw Object.assign(new Error('not a file'), { code: 'not a regular file' });
  if (stat.size > FILE_BYTES_MAX) throw Object.assign(new Error('too large'), { code: 'larger than 64 KiB' });
  return readFileSync(path, 'utf8');
}
