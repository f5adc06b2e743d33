/** UTF-8 bytes of a contract's text, at most. */
export const CONTRACT_BYTES_MAX = 256 * 1024;
/** Seconds a signer may be given, at most; longer times are cut to it. */
export const CONTRACT_SECONDS_MAX = 3600;
