import { Foundation1795251600000 } from './1795251600000-foundation.js';

/** In order of their stamps; an explicit list, because globs break in compiled and tested code alike. */
export const migrations = [Foundation1795251600000];
