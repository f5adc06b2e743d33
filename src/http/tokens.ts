/** Injection token of the enabled dialects: `readonly Dialect[]`, in order of specificity. */
export const DIALECTS = Symbol('Dialects');
/** Injection token of the root logger of pino. */
export const LOGGER = Symbol('Logger');
