// What the handlers of F6 throw at.
export const THROWING_METRIC = 'throws';
export const DEAF = 'deaf';
export const UNREADABLE = 'unreadable';
