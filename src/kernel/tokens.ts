/** Injection token of the Clock. */
export const CLOCK = Symbol('Clock');
/** Injection token of the IdSource. */
export const ID_SOURCE = Symbol('IdSource');
