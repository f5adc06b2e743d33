/** Relation kinds between people. A friendship stands when FRIEND stands both ways. */
export const FRIEND = 'friend';
/** From the one who blocks; no message passes in either direction. */
export const BLOCK = 'block';
/** From a mailbox to itself: its owner is gone, nothing may be sent or received any more. */
export const CLOSED = 'closed';
/** One-sided: the first wants to hear from the second. */
export const FOLLOW = 'follow';
