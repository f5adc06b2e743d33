import { type Config, switchOf } from '../config/config.js';
import { type Dialect } from './dialect.js';

/**
 * @param all every dialect there is, most specific first
 * @returns those that DIALECTS names, in the same order; all when it names none
 */
export function enabledDialects(all: readonly Dialect[], config: Pick<Config, 'house'>): readonly Dialect[] {
  const wanted = config.house.DIALECTS;
  return wanted.length === 0 ? all : all.filter((dialect) => wanted.includes(switchOf(dialect)));
}
