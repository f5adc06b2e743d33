/** The conversation space of this dialect: its messages are never listed in another. */
export const SPACE = 'keyinbox';
